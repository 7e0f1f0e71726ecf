import pytest

from tests.support.git_repositories import GitRepository
from viewer.files.entries import FolderLimits
from viewer.files.git_objects import Objects, RevisionFiles
from viewer.files.git_repository import find_repository
from viewer.types.problems import CassetteError


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A repository with two commits on main, one on a branch, and changes in the working tree."""
    folder = tmp_path_factory.mktemp("git") / "repository"
    made = GitRepository(folder)
    made.put("c/same.har", "same")
    made.put("c/edited.har", "1")
    made.put("c/gone.har", "gone")
    made.put("elsewhere.har", "1")
    made.first = made.commit()
    made.git("tag", "v1")
    made.git("checkout", "-q", "-b", "branch")
    made.put("c/branch.har", "b")
    made.branch = made.commit()
    made.git("checkout", "-q", "main")
    made.put("c/edited.har", "2")
    made.put('c/ünïcode "and" space.har', "u")
    made.second = made.commit()
    made.put(".gitignore", "*.ignored\n")
    made.put("c/gone.har", None)
    made.put("c/edited.har", "3")
    made.put("c/untracked.har", "new")
    made.put("c/x.ignored", "i")
    made.put("elsewhere.har", "2")
    return made


@pytest.fixture
def repository(made):
    return find_repository(made.folder)


def changed(repository, *words, paths=("c",)):
    return {one.path: one for one in repository.changed(repository.revisions(words), paths)}


def test_one_revision_is_compared_with_the_working_tree_and_its_untracked_files(repository):
    found = changed(repository, "HEAD")
    assert sorted(found) == ["c/edited.har", "c/gone.har", "c/untracked.har"]
    assert found["c/gone.har"].right is None
    assert found["c/untracked.har"].left is None
    assert found["c/edited.har"].right.id == ""


def test_two_revisions_are_compared_with_each_other(repository):
    found = changed(repository, "v1", "HEAD")
    assert sorted(found) == ["c/edited.har", 'c/ünïcode "and" space.har']
    assert found["c/edited.har"].left.id != found["c/edited.har"].right.id


def test_two_dots_name_two_revisions_and_three_dots_the_common_ancestor(repository, made):
    assert repository.revisions(["main..branch"]) == (made.second, made.branch)
    assert repository.revisions(["main...branch"]) == (made.first, made.branch)
    assert repository.revisions(["v1.."]) == (made.first, made.second)
    assert sorted(changed(repository, "main...branch")) == ["c/branch.har"]


def test_a_tree_can_be_compared(repository):
    assert sorted(changed(repository, "v1:c", "HEAD:c", paths=())) == ["edited.har", 'ünïcode "and" space.har']


def test_paths_are_relative_to_the_folder_that_is_asked_from(made):
    below = find_repository(made.folder / "c")
    assert "c/edited.har" in changed(below, "HEAD", paths=["edited.har"])
    assert below.top == made.folder.resolve()


@pytest.mark.parametrize("word", ["nope", "main...nope", "--output=x", "HEAD~99", "\x1b[31m", ""])
def test_an_unknown_revision_is_named_and_gets_advice(repository, word):
    with pytest.raises(CassetteError, match="is not a revision") as caught:
        repository.revisions([word, "HEAD"] if not word else [word])
    assert "\x1b" not in str(caught.value)
    assert "fetch-depth" in str(caught.value)


def test_revisions_without_a_common_ancestor_are_refused(repository, made):
    made.git("checkout", "-q", "--orphan", "alone")
    made.git("stash", "-q", check=False)
    tree = made.git("mktree", check=False) or made.git("write-tree")
    lone = made.git("commit-tree", tree, "-m", "alone")
    made.git("symbolic-ref", "HEAD", "refs/heads/main")
    with pytest.raises(CassetteError, match="no common ancestor"):
        repository.revisions([f"main...{lone}"])
    made.git("reset", "-q")


def test_a_path_that_names_nothing_is_refused(repository):
    with pytest.raises(CassetteError, match=r"casettes: names no file that Git knows here"):
        changed(repository, "HEAD", paths=["casettes"])


def test_a_folder_outside_a_repository_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (tmp_path / "plain").mkdir()
    with pytest.raises(CassetteError, match="is not in a Git repository"):
        find_repository(tmp_path / "plain")


def test_a_machine_without_git_is_told_so(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CassetteError, match="git: is not installed"):
        find_repository(tmp_path)


def test_nothing_that_the_repository_configures_is_run(made, repository, tmp_path):
    ran = tmp_path / "ran"
    for name in ("core.fsmonitor", "diff.external"):
        made.git("config", name, f"touch {ran}")
    try:
        changed(repository, "HEAD")
    finally:
        made.git("config", "--unset", "core.fsmonitor")
        made.git("config", "--unset", "diff.external")
    assert not ran.exists()


@pytest.mark.parametrize("setting", ["clean", "process"])
def test_filters_of_the_repository_are_not_run_to_compare_the_working_tree(tmp_path, setting):
    made = GitRepository(tmp_path / "repository")
    made.put("a.har", "1")
    made.put(".gitattributes", "*.har filter=a=b\n")
    made.commit()
    ran = tmp_path / "ran"
    made.git("config", f"filter.a=b.{setting}", f"touch '{ran}'; cat")
    made.git("config", "filter.a=b.required", "true")
    # Of the same size, so that Git has to compare the contents.
    made.put("a.har", "2")
    assert list(changed(find_repository(made.folder), "HEAD", paths=())) == ["a.har"]
    assert not ran.exists()


def test_filters_of_the_user_are_run(tmp_path, monkeypatch):
    made = GitRepository(tmp_path / "repository")
    made.put("a.har", "1")
    made.put(".gitattributes", "*.har filter=mine\n")
    made.commit()
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "filter.mine.clean")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "echo 1 | tr -d '\\n'")
    made.git("config", "filter.other.clean", "false")
    made.put("a.har", "smudged")
    assert not changed(find_repository(made.folder), "HEAD", paths=())


def test_paths_are_those_of_the_repository_even_if_it_asks_for_relative_ones(made):
    made.git("config", "diff.relative", "true")
    try:
        found = changed(find_repository(made.folder / "c"), "v1", "main", paths=(".",))
    finally:
        made.git("config", "--unset", "diff.relative")
    assert set(found) >= {"c/edited.har"}


def test_contents_are_read_by_one_process_in_any_order(repository, made):
    first, second = (repository.ids(revision) for revision in (made.first, made.second))
    with Objects(repository, FolderLimits()) as objects:
        files = RevisionFiles(repository, made.first, objects)
        assert objects.read(second["c/edited.har"].id, "e") == b"2"
        assert files["c/edited.har"] == b"1"
        assert files.get("c/missing.har") is None
        assert files.content("c/edited.har", first["c/edited.har"].id).beside("same.har") == b"same"
        with pytest.raises(CassetteError, match="lacks its content"):
            objects.read("0" * 40, "x")
        assert objects.read(first["c/gone.har"].id, "g") == b"gone"


def test_a_content_above_the_limit_is_refused_and_the_next_is_read(repository, made):
    first = repository.ids(made.first)
    with Objects(repository, FolderLimits(member_bytes=3)) as objects:
        with pytest.raises(CassetteError, match="is 4 bytes"):
            objects.read(first["c/gone.har"].id, "c/gone.har")
        assert objects.read(first["c/edited.har"].id, "c/edited.har") == b"1"
