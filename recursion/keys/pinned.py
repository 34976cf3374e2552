"""The keys of the standard machine's circuits: what a verifier of folded proofs trusts.

Written by `python -m recursion.keys.pin`; `quire keys --check` computes them again.
"""

from __future__ import annotations

SHARD_BITS = 128.06012480528784
"""The security of the weakest shard that a lift verifies, in bits."""

SHRINK_ROOT = "3dafb6004f64e9dc155364844e4907ea16fd3a931849ca191917aad742844a85"
SHRINK_TILES = (1, 1, 15, 3, 11, 87, 25, 4, 12, 3, 15, 129, 57, 9, 29, 20, 3)
"""The key of the shrink, which is not in the tree."""

KEYS = {
    "lift-1-profile-0-height-13": "46575537792e3ea2674426e938f986f3154980c743d8cddc1e6a31b912425162",
    "lift-1-profile-0-height-15": "0ad683552a7a160119811265477872646e6f69e84e8386bd50d22b1e2d4d40e7",
    "lift-1-profile-0-height-17": "75daf0cc4d569d9353cff77278b24d87348e2ebc54b3bd181efd823975ac158a",
    "lift-1-profile-0-height-19": "5f3cdf447ad36ccf29f89f6f332226b87d69559f457f20342d404eb772c22fee",
    "lift-1-profile-1-height-13": "67d1809a355ed3585d3fc9d258b659913ca5f39756b8cb1b068b27fd142a04d2",
    "lift-1-profile-1-height-15": "28d04fc9112e05436805518f4d5d453a1484ef962a466f85525e216f6f526872",
    "lift-1-profile-1-height-17": "1d6a1b014e6937d80e4c679877ddd50b39952d2c311d9a6a633a74de53e0aee6",
    "lift-1-profile-1-height-19": "51b8b5572b0fc3002a37def901873f3f2420c80e4d610cb962fac7c877875428",
    "lift-1-profile-2-height-13": "6597f47a37a8994e268ca7ce5f62a12159bb1f2a1a09db7942c32485214b6d5b",
    "lift-1-profile-2-height-15": "0a1cc1392e76d6fe758ff7c4406f8d67778e6bf61de0087739f0e80659c5ff28",
    "lift-1-profile-2-height-17": "0624cf8d4e1234b965eb90bf119ffe49412b5d014ce22ddd7547374c00e8cf32",
    "lift-1-profile-2-height-19": "1f432f393f0f8e9968f2fb8e29dfb1e36260030525dc94f0298446254b76a6a1",
    "lift-1-profile-3-height-13": "30107cdd1391f9db782cf0cc50bff34878e8ce474a26746060e935442737f699",
    "lift-1-profile-3-height-15": "4d3f58ab484aa52b2a7142f15e467c7055c0f3167784608d0df66d3d1b60dc56",
    "lift-1-profile-3-height-17": "64a894922fe2b42753d845842c406e1d011d243939b98789693aed445367db2f",
    "lift-2-profile-0-height-13": "0b3008455e153a4905e493e566e373fd3140e76626e8a3e7582f21cc7a1ce227",
    "lift-2-profile-0-height-15": "4325d34561e124a71267666f03b405ae1a1e88055476ba055e34724c0081ece6",
    "lift-2-profile-0-height-17": "5ebb75a639e98f8b220489ad17e9bb9078ac068e7ad6cab404a65fca1bfe2881",
    "lift-2-profile-0-height-19": "43dfba3f414dcf4c0ba0fb1a2036b695690be3c67abe7e2d5d30dc0630f83493",
    "join": "1eff6f1820af2b220547167e34115cb36bebe0b22003ce3c3b25c0ec470d2f17",
    "close": "4cfd76752be2a2264ab7c398708d30874b157946170ffea735e283171d38fdcf",
    "resolve": "173466622e4938b07e97267d2d791d6112a9a65e6529d7e93c627a6551a3d921",
    "batch": "68198b0c1bd9b5ac3e8f80aa6ab533326a53ddb626c9f30b388459093aa9b738",
}
"""By the circuit's name, in the order of the catalogue: digests, eight elements of eight hexadecimal digits."""
