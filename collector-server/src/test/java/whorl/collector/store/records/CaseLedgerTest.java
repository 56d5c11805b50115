package whorl.collector.store.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.Id;

@ParameterizedClass
@EnumSource
class CaseLedgerTest {
  private static final Instant NOON = Instant.parse("2026-11-29T12:00:00.123456789Z");
  private static final Id ONE = new Id("case-0001");
  private static final Id TWO = new Id("case-0002");
  private static final Id EVIDENCE = new Id("evidence-1");

  @Parameter TestDatabase.Engine engine;
  @TempDir Path folder;
  private TestDatabase data;
  private CaseLedger ledger;

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(engine, folder);
    ledger = new CaseLedger(data.openCases());
  }

  @AfterEach
  void close() throws IOException {
    data.close();
  }

  @Test
  void changedCase_isFoundAndListed() throws IOException {
    ledger.insert(of(ONE, false, "b", "a"));
    ledger.insert(of(TWO, false, "x"));
    ledger.update(of(ONE, true, "c"));

    assertThat(ledger.find(ONE)).isEqualTo(of(ONE, true, "c"));
    assertThat(ledger.together(() -> ledger.findAndLock(ONE))).isEqualTo(of(ONE, true, "c"));
    assertThat(ledger.find(new Id("case-0003"))).isNull();
    assertThat(ledger.count()).isEqualTo(2);
    assertThat(list(null, null, null)).containsExactly(TWO, ONE);
    assertThat(list(true, null, null)).containsExactly(ONE);
    assertThat(list(false, null, null)).containsExactly(TWO);
    assertThat(list(null, "x", null)).containsExactly(TWO);
    assertThat(list(null, "a", null)).isEmpty();
  }

  @Test
  void evidence_isInACaseOnce() throws IOException {
    ledger.insert(of(ONE, false));
    assertThat(ledger.add(ONE, EVIDENCE)).isTrue();
    assertThat(ledger.add(ONE, EVIDENCE)).isFalse();

    assertThat(ledger.has(ONE, EVIDENCE)).isTrue();
    assertThat(ledger.evidence(ONE, 9)).containsExactly(EVIDENCE);
    assertThat(ledger.allEvidence()).containsExactly(EVIDENCE);
    assertThat(ledger.casesOf(EVIDENCE)).containsExactly(ONE);
    assertThat(list(null, null, EVIDENCE)).containsExactly(ONE);
    assertThat(ledger.remove(ONE, EVIDENCE)).isTrue();
    assertThat(ledger.remove(ONE, EVIDENCE)).isFalse();
  }

  @Test
  void notes_keepTheirOrder_andGoWithTheirCase() throws IOException {
    ledger.insert(of(ONE, false));
    for (int i = 0; i < 4; i++) {
      ledger.note(ONE, new NoteRecord(new Id("note-000" + i), NOON, "me", "te\0xt", null));
    }

    assertThat(ledger.newestNotes(ONE, 2))
        .extracting(each -> each.id().value())
        .containsExactly("note-0002", "note-0003");
    Page<NoteRecord> first = ledger.notes(ONE, null, 3);
    assertThat(first.items()).hasSize(3);
    assertThat(ledger.notes(ONE, first.next(), 3).items())
        .containsExactly(new NoteRecord(new Id("note-0003"), NOON, "me", "te\0xt", null));
    assertThat(ledger.find(ONE)).extracting(CaseRecord::notes).isEqualTo(4);

    ledger.delete(ONE);

    assertThat(ledger.find(ONE)).isNull();
    assertThat(ledger.newestNotes(ONE, 9)).isEmpty();
  }

  private List<Id> list(Boolean closed, String tag, Id evidence) throws IOException {
    return ledger.page(new CaseLedger.Filter(closed, tag, evidence), null, 9).items().stream()
        .map(CaseRecord::id)
        .toList();
  }

  private static CaseRecord of(Id id, boolean closed, String... tags) {
    return new CaseRecord(
        id, "title \0", "text", closed, NOON, "me", List.of(tags).stream().sorted().toList(), 0, 0);
  }
}
