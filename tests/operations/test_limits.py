from kmscli.limits.finding import Limits, limits_of
from kmscli.limits.membership import ACCOUNT_IN, IN
from tests.operations.house import ACCOUNT, OTHER_ACCOUNT, House
from tests.operations.organizing import DENY, FULL, RCP, RCP_FULL, SCP, Organized, member, policy_text


def limits(house: House, account: str) -> Limits:
    """What limits an account."""
    transaction = house.transaction()
    found = limits_of(transaction, account)
    transaction.close()
    return found


def names(found: Limits) -> tuple[list[list[str]], list[list[str]]]:
    """The names of the policies at each level."""
    service, resource = (
        [[policy.name for policy in level] for level in levels]
        for levels in (found.service_control, found.resource_control)
    )
    return service, resource


def test_an_account_in_no_organization_costs_one_row(house: House) -> None:
    """Nothing limits it, and to know that one row is looked for."""
    Organized(house)
    transaction = house.transaction()
    found = limits_of(transaction, OTHER_ACCOUNT)
    assert (found.organization, found.path, *names(found)) == ("", "", [], [])
    assert list(transaction.read) == [transaction.address(ACCOUNT_IN, OTHER_ACCOUNT, IN)]


def test_levels_from_the_root_down(house: House) -> None:
    """Each level has the policies that are attached to it; the path is as conditions compare it."""
    made = Organized(house)
    made.enable(SCP)
    outer = made.unit("outer")
    inner = made.unit("inner", outer)
    account = made.account(parent=inner)
    deny, allow = made.policy("deny"), made.policy("allow", text=policy_text(Effect="Allow"))
    made.attach(deny, made.root)
    made.attach(allow, inner)
    made.call("DetachPolicy", PolicyId=FULL, TargetId=inner)
    found = limits(house, account)
    assert (found.organization, found.path) == (made.id, f"{made.id}/{made.root}/{outer}/{inner}/")
    assert names(found) == ([["FullAWSAccess", "deny"], ["FullAWSAccess"], ["allow"], ["FullAWSAccess"]], [])
    managed, own = found.service_control[0]
    assert managed.arn == f"arn:aws:organizations::aws:policy/service_control_policy/{FULL}"
    assert (own.arn, own.text) == (made.arn("policy", "service_control_policy", deny), DENY[SCP])


def test_both_types(house: House) -> None:
    """Resource control policies are levels of their own, once they are enabled."""
    made = Organized(house)
    account, policy = made.account(), made.policy("resources", RCP)
    assert names(limits(house, account)) == ([], [])
    made.enable(RCP)
    made.attach(policy, account)
    found = limits(house, account)
    assert names(found) == ([], [["RCPFullAWSAccess"], ["RCPFullAWSAccess", "resources"]])
    assert found.resource_control[0][0].arn == f"arn:aws:organizations::aws:policy/resource_control_policy/{RCP_FULL}"
    made.enable(SCP)
    assert names(limits(house, account))[0] == [["FullAWSAccess"]] * 2
    made.call("DisablePolicyType", RootId=made.root, PolicyType=RCP)
    assert names(limits(house, account)) == ([["FullAWSAccess"]] * 2, [])


def test_the_managing_account_has_no_limits(house: House) -> None:
    """It is in the organization, but nothing attached there, or to itself, limits it."""
    made = Organized(house)
    made.enable(SCP)
    made.enable(RCP)
    made.attach(made.policy(), ACCOUNT)
    found = limits(house, ACCOUNT)
    assert (found.organization, found.path, *names(found)) == (made.id, f"{made.id}/{made.root}/", [], [])


def test_limits_follow_the_account(house: House) -> None:
    """An account that is moved has the limits of where it is; one that is removed has none."""
    made = Organized(house)
    made.enable(SCP)
    unit, account = made.unit(), made.account()
    made.attach(made.policy(), unit)
    assert names(limits(house, account))[0] == [["FullAWSAccess"], ["FullAWSAccess"]]
    made.move(account, made.root, unit)
    assert names(limits(house, account))[0] == [["FullAWSAccess"], ["FullAWSAccess", "deny"], ["FullAWSAccess"]]
    made.call("RemoveAccountFromOrganization", AccountId=account)
    assert limits(house, account).organization == ""
    assert made.call("CreateOrganization", member(account))["Organization"]["Id"] == limits(house, account).organization
