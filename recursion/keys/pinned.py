"""The keys of the standard machine's circuits: what a verifier of folded proofs trusts.

Written by `python -m recursion.keys.pin`; `quire keys --check` computes them again.
"""

from __future__ import annotations

SHARD_BITS = 128.06012480528784
"""The security of the weakest shard that a lift verifies, in bits."""

SHRINK_ROOT = "61b433d8227ba9375dabe2cc266d1476622709eb7badfaad7cc0e66a0df76a54"
SHRINK_TILES = (1, 1, 15, 3, 11, 89, 25, 3, 12, 4, 15, 129, 57, 9, 29, 20, 3)
"""The key of the shrink, which is not in the tree."""

KEYS = {
    "lift-1-profile-0-height-13": "0ca3f07a5d69f5577a97af657ef273b16b06c2850fa67710787d4efc2af1b42d",
    "lift-1-profile-0-height-15": "3954eb986a78bd5f0c31da565ed4cb81321324b90c3d2fc0342a0c3717170c89",
    "lift-1-profile-0-height-17": "1b851f5d5d7646a41ab079e10559ddfd1d1342bc5b8faa772d7cc18d30ee375e",
    "lift-1-profile-0-height-19": "47e7ee3e2877c2643246333616c93d16118a3e0c5a7880ba14485da95e2aaa10",
    "lift-1-profile-1-height-13": "69984e6e15b257805030b49022d412106644db7247a82d6924885c6501c81b6c",
    "lift-1-profile-1-height-15": "40f885f0052eaabe79797f780b61e9e43976810f159f9302664a8ad07741feed",
    "lift-1-profile-1-height-17": "17484d5b5b86644709a8a53e1c77ee9506aece787b8784ff206f0e0061d5e63e",
    "lift-1-profile-1-height-19": "4ccda1a24a4109286c19974427daff4b39676add27c6a88f0d2ad751410ad9bf",
    "lift-1-profile-2-height-13": "246f459550cd0bce3504803f5c8822b6479867ef1fdf32327eba9e022164dd1d",
    "lift-1-profile-2-height-15": "4bcfa2751d3385190feadb8c0cd69d062750dd6c3ba7bdd2407cf73f16a875d6",
    "lift-1-profile-2-height-17": "084796402ae0bea85b1ab4cc229b8289115dec8c35e0c75b248147954e9cf6ef",
    "lift-1-profile-2-height-19": "1ab3d1d569bdbcfe5077818555daa2510d2f0caa79cc72eb6bb3c2f94b3f65c6",
    "lift-1-profile-3-height-13": "43f1dfce6449f5e772e1a9740864ef4128830a5230a392f35a3f0d213be97f51",
    "lift-1-profile-3-height-15": "559635f8100c67741ebebac9416746bc464b5f9333cdf40a11a064027425931f",
    "lift-1-profile-3-height-17": "069dc5b158304e0c6010668d4dbf9e79225433222fa8082b17efb0af733495b3",
    "lift-1-profile-3-height-19": "51805e993d2a840b5a1fb1f63963232b525a66754c1a76684b0d491f4d7dfd00",
    "lift-1-profile-4-height-13": "44315f2c7dc0e09933c08c7e146c3f4717f864bb02013dc420806f693b7b20ac",
    "lift-1-profile-4-height-15": "08e9d5b96faffd812f3b061f0af01654297a79ce76b3046075410584120910b3",
    "lift-1-profile-4-height-17": "575abfc719d9ed58216a164f773b3f8a0076c9444d124897262094321de03ca8",
    "lift-1-profile-4-height-19": "387223ec71a230fd210badca068df5e534b501ed61ac362b7c2f371a15129742",
    "lift-2-profile-0-height-13": "61e5c00434e0bc4c379384750d5e28235fe5e3de68f87d1b0696cbae6b73aa36",
    "lift-2-profile-0-height-15": "754a4561544d5fe025f4242837925929681d8be026b21fbd342ce0e905d8fe0b",
    "lift-2-profile-0-height-17": "4a2f80eb59885b3f751e2fed688df9875801170b3f18c395129a5c4073b39be4",
    "lift-2-profile-0-height-19": "7b64c4f0377f73c134dec7473a59911a07e31fe0348f260f3191fadf2636b506",
    "join": "0d5e62a6402bd46a78ed3bac43a6f187756402fc369bfe627a42843f5ce10ed4",
    "close": "6ac69f885c9916d20ab0fb800a1093b7205cbbc10f074b1677c4cffb61eb48b4",
    "resolve": "2980c2ba2687b8784156561c52df3ab43228e9b333f3504e68791a7f06fd393b",
    "batch": "524daa60375766307b18f15d123e3f494343dc7e4eb87018796b607455cbb9d1",
}
"""By the circuit's name, in the order of the catalogue: digests, eight elements of eight hexadecimal digits."""
