"""Small repositories in the layouts of each recorder."""

from pathlib import Path

import pytest

from tests.support.checking import recordings_in, violations_in
from viewer.checks.naming import sources
from viewer.checks.rules import orphan

SAMPLES = Path(__file__).parents[3] / "sample_cassettes"
VCRPY = SAMPLES / "gemma-3-270m_responses.yaml"
GO_VCR = SAMPLES / "grok-code-fast-1_simple_streaming.yaml"
RUBY_VCR = SAMPLES / "gemma-3-270m_japanese.yml"


@pytest.fixture
def repository(tmp_path):
    (tmp_path / ".git").mkdir()
    return tmp_path


def write(repository, sources, cassettes=(), recording=VCRPY):
    for name, text in sources.items():
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / name).write_text(text)
    for name in cassettes:
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / name).write_bytes(recording.read_bytes())


def told(repository):
    return {
        one.file.removeprefix(f"{repository}/"): one.message.removeprefix("No test names this cassette: ")
        for one in violations_in(repository, "orphan")
    }


def orphans(repository):
    return sorted(told(repository))


PYTEST_RECORDING = """
import pytest
from tests.shared import test_imported

@pytest.mark.vcr
def test_one(): ...

@pytest.mark.vcr()
@pytest.mark.parametrize("model", ["gpt-4.1", "a/b"])
async def test_many(model): ...

class TestChat:
    @pytest.mark.vcr
    def test_streams(self): ...

    class TestInner:
        def test_deep(self): ...

class TestInherits(Base): ...

# def test_commented_out(): ...

@pytest.mark.default_cassette("named, by default.yaml")
def test_default(): ...

@pytest.mark.vcr("extra.yaml", "folder/another.yaml")
def test_extra(): ...
"""


def test_cassettes_of_pytest_recording_belong_to_their_test(repository):
    names = [
        "test_one",
        "test_many[gpt-4.1]",
        "test_many[a-b]",
        "test_imported",
        "TestChat.test_streams",
        "TestInner.test_deep",
        "TestInherits.test_of_base",
        "named, by default",
        "extra",
    ]
    files = {"tests/models/test_chat.py": PYTEST_RECORDING, "tests/base.py": "class Base:\n    def test_of_base(): ..."}
    write(repository, files, [f"tests/models/cassettes/test_chat/{name}.yaml" for name in names])
    assert orphans(repository) == []


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("test_gone", "test_gone is not in tests/models/test_chat.py."),
        ("test_gone[gpt-4.1]", "test_gone is not in tests/models/test_chat.py."),
        ("test_many[gpt-3.5]", "test_many in tests/models/test_chat.py has no parameters “gpt-3.5”."),
        ("test_many", "test_many in tests/models/test_chat.py has parameters."),
        ("test_one[gpt-4.1]", "test_one in tests/models/test_chat.py has no parameters."),
        ("TestChat.test_streams[x.y]", "test_streams in tests/models/test_chat.py has no parameters."),
        ("test_on", "test_on is not in tests/models/test_chat.py."),
        ("test_commented_out", "test_commented_out is not in tests/models/test_chat.py."),
        ("test_elsewhere", "test_elsewhere is not in tests/models/test_chat.py."),
        ("TestGone.test_streams", "the class TestGone with a test test_streams is not in tests/models/test_chat.py."),
        ("TestChat.test_gone", "the class TestChat with a test test_gone is not in tests/models/test_chat.py."),
    ],
)
def test_cassettes_of_tests_that_are_gone_are_orphans(repository, name, why):
    files = {"tests/models/test_chat.py": PYTEST_RECORDING, "tests/test_other.py": "def test_elsewhere(): ..."}
    write(repository, files, [f"tests/models/cassettes/test_chat/{name}.yaml"])
    assert told(repository) == {f"tests/models/cassettes/test_chat/{name}.yaml": why}


@pytest.mark.parametrize("base", ["installed.StandardTests", "Generic[T], StandardTests", "Local"])
@pytest.mark.parametrize("folder", ["cassettes/test_chat", "cassettes"])
def test_tests_of_a_class_that_inherits_from_an_installed_package_are_not_judged(repository, base, folder):
    text = f"import vcr\nclass Local(StandardTests): ...\nclass TestChat({base}):\n    def test_own(self): ..."
    cassettes = [f"{folder}/TestChat.test_{name}.yaml" for name in ("own", "inherited")]
    write(repository, {"test_chat.py": text}, [*cassettes, f"{folder}/TestGone.test_inherited.yaml"])
    assert orphans(repository) == [f"{folder}/TestGone.test_inherited.yaml"]


@pytest.mark.parametrize("bases", ["", "(object)", "(unittest.TestCase)", "(Local)"])
def test_tests_of_a_class_that_inherits_no_others_are_judged(repository, bases):
    text = f"import vcr\nclass Local: ...\nclass TestChat{bases}:\n    def test_own(self): ..."
    write(repository, {"test_chat.py": text}, ["cassettes/test_chat/TestChat.test_gone.yaml"])
    assert orphans(repository) == ["cassettes/test_chat/TestChat.test_gone.yaml"]


def test_cassettes_of_a_module_that_is_gone_are_orphans(repository):
    write(repository, {"tests/test_chat.py": PYTEST_RECORDING}, ["tests/cassettes/test_old/test_one.yaml"])
    assert told(repository) == {"tests/cassettes/test_old/test_one.yaml": "there is no test_old.py in the repository."}


def test_a_folder_of_cassettes_elsewhere_belongs_to_the_module_of_its_name(repository):
    files = {"tests/unit/test_chat.py": PYTEST_RECORDING, "tests/conftest.py": "def vcr_cassette_dir(request): ..."}
    write(repository, files, [f"tests/cassettes/test_chat/{name}.yaml" for name in ("test_one", "test_gone")])
    assert orphans(repository) == ["tests/cassettes/test_chat/test_gone.yaml"]


@pytest.mark.parametrize(
    "text",
    [
        "@pytest.fixture\ndef default_cassette_name(request):\n    return request.module.__name__",
        "with vcr.use_cassette(f'cassettes/test_chat/{name}.yaml'): ...",
        "@pytest.mark.default_cassette(NAME)\ndef test_it(): ...",
        "@pytest.mark.vcr(PATH)\ndef test_it(): ...",
    ],
)
@pytest.mark.parametrize("place", ["tests/conftest.py", "tests/test_chat.py"])
def test_names_that_are_made_by_a_run_are_not_judged(repository, place, text):
    files = {"tests/test_chat.py": PYTEST_RECORDING} | {place: f"{PYTEST_RECORDING}\n{text}\n"}
    write(repository, files, ["tests/cassettes/test_chat/test_gone.yaml"])
    assert orphans(repository) == []


def test_what_is_not_judged_is_counted_once(repository):
    files = {"a/test_chat.py": PYTEST_RECORDING, "b/test_it.py": f"{PYTEST_RECORDING}\nvcr.use_cassette(name)\n"}
    cassettes = ["b/cassettes/test_it/test_x.yaml", "b/cassettes/test_it/test_y.yaml"]
    write(repository, files, [*cassettes, "a/cassettes/test_chat/test_x.yaml", "a/cassettes/test_chat/test_y.yaml"])
    first, second = told(repository).values()
    counted = "2 other cassettes were not judged, because only a run tells what uses them."
    assert first == f"test_x is not in a/test_chat.py. {counted}"
    assert second == "test_y is not in a/test_chat.py."


def test_cassettes_of_pytest_vcr_are_in_one_folder_for_all_modules(repository):
    files = {"tests/unit/test_chat.py": PYTEST_RECORDING}
    write(
        repository, files, [f"tests/cassettes/{name}.yaml" for name in ("test_one", "TestChat.test_streams", "test_x")]
    )
    assert told(repository) == {"tests/cassettes/test_x.yaml": "test_x is in no module of the repository."}


USE_CASSETTE = """
import vcr
my_vcr = vcr.VCR(cassette_library_dir=os.path.join(HERE, "library"))

@vcr.use_cassette("fixtures/vcr_cassettes/synopsis.yaml")
def test_it():
    with my_vcr.use_cassette("short", record_mode="none"):
        ...
    with vcr.use_cassette(
        'fixtures/vcr_cassettes/wrapped.yml'
    ): ...

@my_vcr.use_cassette
def test_named_after_its_function(): ...

@my_vcr.use_cassette()
def test_named_after_this_one(): ...
"""


def test_cassettes_of_vcrpy_are_named_by_strings_and_functions(repository):
    names = {"vcr_cassettes": ["synopsis.yaml", "wrapped.yml", "gone.yaml"]}
    names["library"] = ["short.yaml", "test_named_after_its_function", "test_named_after_this_one", "old.yaml"]
    cassettes = [f"fixtures/{folder}/{name}" for folder, files in names.items() for name in files]
    write(repository, {"test_it.py": USE_CASSETTE}, cassettes)
    assert told(repository) == {
        "fixtures/library/old.yaml": "no string in a .py file names it.",
        "fixtures/vcr_cassettes/gone.yaml": "no string in a .py file names it.",
    }


def test_a_folder_that_no_source_knows_is_not_judged(repository):
    write(repository, {"test_it.py": USE_CASSETTE}, ["data/examples/a.yaml"])
    assert orphans(repository) == []


@pytest.mark.parametrize("files", [{}, {"test_it.py": "def test_it(): ..."}])
def test_a_repository_that_does_not_record_is_not_judged(repository, files):
    write(repository, files, ["tests/cassettes/test_it/test_gone.yaml", "cassettes/test_gone.yaml"])
    assert orphans(repository) == []


GO = """package chat_test

func TestChat(t *testing.T) {
	r, err := recorder.New("testdata/cassettes/chat")
	joined, err := recorder.New(filepath.Join("testdata", "joined"), recorder.WithMode(recorder.ModeRecordOnce))
	old, err := recorder.NewWithOptions(&recorder.Options{CassetteName: "fixtures/options", Mode: mode})
}
"""
GO_BY_TEST = """package chat_test

func newRecorder(t *testing.T) *recorder.Recorder {
	name := filepath.Join("testdata", t.Name())
	r, err := recorder.New(name)
}

func TestChat(t *testing.T) {}
func (s *Suite) TestOfSuite() {}
"""


def test_cassettes_of_go_vcr_are_named_without_their_suffix(repository):
    names = ["testdata/cassettes/chat", "testdata/joined", "fixtures/options", "testdata/gone"]
    write(repository, {"chat/chat_test.go": GO}, [f"chat/{name}.yaml" for name in names], GO_VCR)
    assert told(repository) == {"chat/testdata/gone.yaml": "no recorder.New in a .go file names it."}


def test_cassettes_of_go_vcr_belong_to_the_test_whose_name_they_have(repository):
    names = [
        "TestChat",
        "TestChat/sub/case",
        "TestChat_sub",
        "TestOfSuite/a",
        "TestChatty",
        "TestGone/sub/case",
        "other",
    ]
    write(repository, {"chat/chat_test.go": GO_BY_TEST}, [f"chat/testdata/{name}.yaml" for name in names], GO_VCR)
    assert told(repository) == {
        "chat/testdata/TestChatty.yaml": "there is no func TestChatty in chat. 1 other cassette was not judged,"
        " because only a run tells what uses them.",
        "chat/testdata/TestGone/sub/case.yaml": "there is no func TestGone in chat.",
    }


RUBY = """
VCR.configure { |config| config.cassette_library_dir = "spec/vcr" }
it "chats" do
  VCR.use_cassette("Fee, Fi Fo Fum") { }
  VCR.use_cassette('api/chat', record: :none) do
  end
  VCR.use_cassette :symbol do
  end
  VCR.insert_cassette "inserted"
end
it "streams", vcr: { cassette_name: "api/stream" } do
end
"""


def test_cassettes_of_ruby_have_the_names_that_files_can_have(repository):
    names = ["Fee_Fi_Fo_Fum", "api/chat", "symbol", "inserted", "api/stream", "gone"]
    write(repository, {"spec/chat_spec.rb": RUBY}, [f"spec/vcr/{name}.yml" for name in names], RUBY_VCR)
    assert told(repository) == {"spec/vcr/gone.yml": "no use_cassette in a .rb file names it."}


@pytest.mark.parametrize(
    "text",
    [
        "config.configure_rspec_metadata!",
        'VCR.use_cassette("a/#{name}") { }',
        "VCR.use_cassette(described_class.name) do",
    ],
)
def test_generated_names_of_ruby_are_not_judged(repository, text):
    write(repository, {"spec/chat_spec.rb": f"{RUBY}\n{text}\n"}, ["spec/vcr/gone.yml"], RUBY_VCR)
    assert orphans(repository) == []


def test_sources_of_installed_packages_name_nothing(repository):
    files = {
        "test_it.py": USE_CASSETTE,
        "venv/lib/a.py": '"gone"',
        "node_modules/a.py": '"gone"',
        ".tox/a.py": '"gone"',
    }
    write(repository, files, ["fixtures/vcr_cassettes/gone.yaml"])
    assert orphans(repository) == ["fixtures/vcr_cassettes/gone.yaml"]


def test_a_repository_inside_another_is_judged_by_its_own_sources(repository):
    (repository / "sub").mkdir()
    (repository / "sub" / ".git").write_text("gitdir: ../.git/modules/sub")
    write(
        repository, {"test_it.py": '"gone"', "sub/test_it.py": USE_CASSETTE}, ["sub/fixtures/vcr_cassettes/gone.yaml"]
    )
    assert orphans(repository) == ["sub/fixtures/vcr_cassettes/gone.yaml"]


def test_cassettes_outside_of_any_project_are_not_judged(tmp_path, monkeypatch):
    monkeypatch.setattr(orphan, "root_of", lambda _path: None)
    write(tmp_path, {"test_it.py": USE_CASSETTE}, ["fixtures/vcr_cassettes/gone.yaml"])
    assert orphans(tmp_path) == []


def test_nothing_is_said_of_a_repository_too_large_to_be_searched(repository, monkeypatch):
    write(repository, {"test_it.py": USE_CASSETTE}, ["fixtures/vcr_cassettes/gone.yaml"])
    monkeypatch.setattr(sources, "DEFAULT_LIMITS", sources.Limits(total_bytes=100))
    monkeypatch.setattr(orphan, "read_sources", lambda *given: sources.read_sources(*given, sources.DEFAULT_LIMITS))
    assert orphans(repository) == []


def test_sources_are_read_once_for_all_cassettes(repository, monkeypatch):
    write(repository, {"test_it.py": USE_CASSETTE}, [f"fixtures/vcr_cassettes/{number}.yaml" for number in range(5)])
    reads = []
    read = orphan.read_sources
    monkeypatch.setattr(orphan, "read_sources", lambda *given: reads.append(given) or read(*given))
    assert len(orphans(repository)) == 5
    assert len(reads) == 1


def test_a_recording_that_is_no_file_on_disk_has_no_place(repository):
    write(repository, {}, ["a.yaml"])
    [recording] = recordings_in(repository)
    assert orphan.facts(recording, {}) == orphan.Placed(recording.file, "vcrpy")
    (repository / "a.yaml").unlink()
    assert orphan.facts(recording, {}) is None


def test_a_source_that_cannot_be_read_is_passed_over(repository):
    write(repository, {"test_it.py": USE_CASSETTE}, ["fixtures/vcr_cassettes/gone.yaml"])
    (repository / "test_link.py").symlink_to("nowhere")
    assert orphans(repository) == ["fixtures/vcr_cassettes/gone.yaml"]
