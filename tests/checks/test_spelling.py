from myopinn.checks.spelling import meant, some


def test_the_nearest_name_is_asked_about_and_a_far_one_is_not():
    assert meant("c3d_foldr", ["sto_folder", "c3d_folder"]) == " Did you mean 'c3d_folder'?"
    assert meant("treadmill", ["c3d_folder"]) == ""
    assert meant(11, [1, 10, 100, 111]) == " Did you mean '111'?"


def test_long_lists_are_cut_and_say_by_how_many():
    assert some(["b", "a"]) == "a, b"
    assert some(range(5), at_most=3) == "0, 1, 2 and 2 more"
