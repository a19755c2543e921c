from botocore.session import get_session

from kmscli.keys.regions import REGIONS
from kmscli.names import is_region, partition_of

SESSION = get_session()
PARTITIONS = {name: SESSION.get_available_regions("kms", name) for name in SESSION.get_available_partitions()}


def test_the_regions_are_those_of_kms() -> None:
    """The Regions are those in which botocore's newest list of endpoints has KMS, and have the form of names."""
    known = {region for regions in PARTITIONS.values() for region in regions}
    assert known - REGIONS == set()
    assert REGIONS - known == set()
    assert all(is_region(region) for region in REGIONS)


def test_each_region_is_of_its_partition() -> None:
    """The partition that ARNs show is the one that botocore has the Region in."""
    wrong = {region: name for name, found in PARTITIONS.items() for region in found if partition_of(region) != name}
    assert wrong == {}
