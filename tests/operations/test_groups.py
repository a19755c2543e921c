from tests.operations.house import House
from tests.operations.identities import BEYOND, CONFLICT, MISSING, new_group, new_user


def test_users_come_into_groups_and_go(house: House) -> None:
    """A user is in a group once; the group lists him, and he his groups; neither can be deleted meanwhile."""
    group, bob = new_group(house, "Staff"), new_user(house)
    for name in ("staff", "STAFF"):
        house.call("iam:AddUserToGroup", GroupName=name, UserName="BOB")
    assert house.call("iam:GetGroup", GroupName="staff") == {"Group": group, "Users": [bob], "IsTruncated": False}
    listed = {"Groups": [group], "IsTruncated": False}
    assert house.call("iam:ListGroupsForUser", UserName="bob") == listed
    conflict = (CONFLICT, "Cannot delete entity, must remove users from group first.")
    assert house.refusal("iam:DeleteGroup", GroupName="staff") == conflict
    assert house.refusal("iam:DeleteUser", UserName="bob") == conflict
    house.call("iam:RemoveUserFromGroup", GroupName="staff", UserName="bob")
    none = (MISSING, "The user with name bob is not in the group with name Staff.")
    assert house.refusal("iam:RemoveUserFromGroup", GroupName="staff", UserName="bob") == none
    assert house.call("iam:GetGroup", GroupName="staff")["Users"] == []
    assert house.call("iam:ListGroupsForUser", UserName="bob")["Groups"] == []
    house.call("iam:DeleteGroup", GroupName="staff")
    house.call("iam:DeleteUser", UserName="bob")


def test_who_is_not_there(house: House) -> None:
    """A group and a user must be there, both."""
    new_group(house, "staff")
    for operation in ("AddUserToGroup", "RemoveUserFromGroup"):
        none = (MISSING, "The user with name bob cannot be found.")
        assert house.refusal(f"iam:{operation}", GroupName="staff", UserName="bob") == none
        none = (MISSING, "The group with name others cannot be found.")
        assert house.refusal(f"iam:{operation}", GroupName="others", UserName="bob") == none


def test_a_user_is_in_ten_groups_at_most(house: House) -> None:
    """An eleventh group is refused; the ten are listed in pages, in the order in which he came into them."""
    new_user(house)
    names = [f"group-{number}" for number in range(10)]
    for name in (*names, "more"):
        new_group(house, name)
    for name in names:
        house.call("iam:AddUserToGroup", GroupName=name, UserName="bob")
    beyond = (BEYOND, "Cannot exceed quota for GroupsPerUser: 10")
    assert house.refusal("iam:AddUserToGroup", GroupName="more", UserName="bob") == beyond
    house.call("iam:AddUserToGroup", GroupName="group-3", UserName="bob")
    first = house.call("iam:ListGroupsForUser", UserName="bob", MaxItems=7)
    rest = house.call("iam:ListGroupsForUser", UserName="bob", Marker=first["Marker"])
    assert [group["GroupName"] for group in (*first["Groups"], *rest["Groups"])] == names


def test_paging_through_members(house: House) -> None:
    """The users of a group come in pages, each once, with the group on every page; a marker is of one group."""
    names = {f"user-{number}" for number in range(12)}
    for group in ("staff", "others"):
        new_group(house, group)
    for name in names:
        new_user(house, name)
        house.call("iam:AddUserToGroup", GroupName="staff", UserName=name)
    first = house.call("iam:GetGroup", GroupName="staff", MaxItems=5)
    second = house.call("iam:GetGroup", GroupName="staff", Marker=first["Marker"])
    assert first["Group"] == second["Group"]
    found = [user["UserName"] for user in (*first["Users"], *second["Users"])]
    assert (len(first["Users"]), len(found), set(found)) == (5, 12, names)
    assert house.refusal("iam:GetGroup", GroupName="others", Marker=first["Marker"])[0] == "ValidationError"
