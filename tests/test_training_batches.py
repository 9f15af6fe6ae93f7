"""Training reads every text once, in whatever company; what it learns from must be the same as reading each alone."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from benchmarks.training import batches, corpus, evaluate, losses, train
from benchmarks.training.corpus import Group, Rated
from scorer.network import DIM, Network, Side

TEXTS = ("the source", "another source", "a reference", "one reading", "a second one", "the third", "a fourth")


@pytest.fixture(scope="module")
def library() -> batches.Library:
    """Random states of a few texts, of one to seven tokens."""
    random = np.random.default_rng(3)
    lengths = np.arange(1, len(TEXTS) + 1)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    made = batches.Library.__new__(batches.Library)
    made.states = SimpleNamespace(
        starts=starts,
        ids=random.integers(0, 9, starts[-1]),
        states=random.integers(-40, 40, (starts[-1], 2, DIM)).astype(np.int8),
        position=TEXTS.index,
        length=lambda number: int(lengths[number]),
    )
    made.words = torch.from_numpy(random.normal(size=(9, DIM)).astype(np.float16))
    return made


def rated(text: str, points: float) -> Rated:
    return Rated(text, points, points / 2, points / 2)


GROUPS = [
    Group("mqm", "x", "en-de", TEXTS[0], (TEXTS[2],), (rated(TEXTS[3], 1.0), rated(TEXTS[4], 5.0), rated(TEXTS[5], 0))),
    Group("mqm", "x", "en-de", TEXTS[1], (TEXTS[2],), (rated(TEXTS[6], 2.0), rated(TEXTS[3], 0.0))),
]


@pytest.mark.parametrize("mode", ["source", "reference", "both", "none"])
def test_texts_that_are_shared_are_read_as_if_each_row_had_its_own(library, mode):
    torch.manual_seed(0)
    network = Network(1).eval()
    batch = batches.collate(library, GROUPS, None, each=99, mode=mode)
    sources = [g.source if mode in {"source", "both"} else None for g in GROUPS for _ in g.rated]
    references = [g.references[0] if mode in {"reference", "both"} else None for g in GROUPS for _ in g.rated]
    with torch.inference_mode():
        shared = batches.read(network, batch)
        apart = network(batch.sides[0], library.side(sources), library.side(references))
    torch.testing.assert_close(shared.accuracy, apart.accuracy, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(shared.tags, apart.tags, atol=1e-4, rtol=1e-4)
    assert len(batch.sides[1].mask) == (2 if mode in {"source", "both"} else 1)
    assert batch.groups.tolist() == [0, 0, 0, 1, 1]


def test_side_of_taken_rows():
    states = torch.arange(6.0).view(3, 2, 1)
    side = Side(states, states + 10, states + 20, torch.tensor([[True, True], [True, False], [False, False]]))
    taken = side.taken(torch.tensor([2, 0, 0]))
    assert taken.late[:, 0, 0].tolist() == [24.0, 20.0, 20.0]
    assert taken.mask.sum(1).tolist() == [0, 2, 2]


def test_batches_made_ahead_come_in_order_and_end():
    assert list(train.ahead(iter("abcde"))) == list("abcde")
    assert list(train.ahead(iter(()))) == []


def test_what_goes_wrong_in_the_other_thread_is_raised():
    def broken():
        yield 1
        raise ValueError("no such text")

    with pytest.raises(ValueError, match="no such text"):
        list(train.ahead(broken()))


def test_mean_of_runs():
    weights = [{"a": torch.tensor([1.0, 2.0])}, {"a": torch.tensor([3.0, 6.0])}]
    assert evaluate.mean(weights)["a"].tolist() == [2.0, 4.0]


def test_mirrored_judgments_swap_source_and_hypothesis_and_keep_accuracy_only():
    judged = Group("da", "mlqe_pe/ro-en", "ro-en", "a source", ("an edit",), (Rated("a reading", z=0.7),))
    mirrored = list(corpus.mirrored([*GROUPS, judged]))
    assert [group.kind for group in mirrored] == ["mirror", "mirror", "da"]
    assert mirrored[0].languages == "de-en"
    assert [(one.source, one.hypothesis) for one in mirrored[0].rated] == [(text, TEXTS[0]) for text in TEXTS[3:6]]
    assert [one.accuracy for one in mirrored[0].rated] == [0.5, 2.5, 0.0]
    assert {(one.total, one.fluency, one.tags) for one in mirrored[0].rated} == {(None, None, None)}
    assert mirrored[2].collection == "mlqe_pe/ro-en/mirrored"
    assert (mirrored[2].source, mirrored[2].rated[0].hypothesis, mirrored[2].rated[0].z) == (
        "a reading",
        "a source",
        0.7,
    )
    assert set(TEXTS[3:6]) < set(mirrored[0].texts())


def test_mirrored_judgments_are_read_beside_sources_of_their_own(library):
    mirrored = list(corpus.mirrored(GROUPS))
    batch = batches.collate(library, mirrored, None, each=99, mode="source")
    assert batch.kind == "mirror"
    assert batch.targets[:, 1].tolist() == [0.5, 2.5, 0.0, 1.0, 0.0]
    assert batch.targets[:, [0, 2, 3]].isnan().all()
    sources = batch.sides[1].taken(batch.rows[0])
    apart = library.side([one.source for group in mirrored for one in group.rated])
    assert torch.equal(sources.late, apart.late)
    hypotheses = library.side([group.source for group in GROUPS for _ in group.rated])
    assert torch.equal(batch.sides[0].late, hypotheses.late)


def test_only_accuracy_teaches_where_a_judgment_is_mirrored(library):
    torch.manual_seed(0)
    network = Network(0)
    batch = batches.collate(library, list(corpus.mirrored(GROUPS)), None, each=99, mode="source")
    output = batches.read(network, batch)
    output.fluency.retain_grad()
    output.accuracy.retain_grad()
    losses.loss(batch, output, torch.zeros(5, 2)).backward()
    assert output.accuracy.grad.abs().sum() > 0
    assert output.fluency.grad.abs().sum() == 0


def test_a_post_edit_is_the_better_of_two_where_something_was_changed():
    judged = [
        Group(
            "da", "mlqe_pe/ro-en", "ro-en", "a source", ("an edit",), (Rated("a reading", tags=((0, 1, 1.0, 0.0),)),)
        ),
        Group("da", "mlqe_pe/ro-en", "ro-en", "another", ("as it was",), (Rated("as it was", tags=()),)),
        Group("da", "mlqe_pe/si-en", "si-en", "a third", (), (Rated("nobody edited it"),)),
    ]
    (pair,) = corpus.post_edits(judged)
    assert pair.kind == "edit"
    assert pair.references == ()
    assert [one.hypothesis for one in pair.rated] == ["an edit", "a reading"]


def test_training_drops_whole_columns_of_what_layers_add_and_reading_drops_nothing(library):
    torch.manual_seed(0)
    network = Network(1)
    batch = batches.collate(library, GROUPS, None, each=99, mode="both")
    plain = batches.read(network.eval(), batch)
    train.dropped_out(network)
    assert torch.equal(batches.read(network.eval(), batch).accuracy, plain.accuracy)
    seen = []
    network.hidden.register_forward_hook(lambda _, __, output: seen.append(output))
    assert not torch.equal(batches.read(network.train(), batch).accuracy, plain.accuracy)
    gone = seen[0] == 0
    assert 0 < gone.float().mean() < 0.3
    assert torch.equal(gone.all(1), gone.any(1))
