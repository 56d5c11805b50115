package whorl.collector.store.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.store.access.Scope;
import whorl.collector.store.database.Database;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStoreContract;
import whorl.collector.store.triage.Gravest;
import whorl.collector.store.triage.GravestLedger;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Level;
import whorl.evidence.channel.CaptureState;

@ParameterizedClass
@EnumSource
class CatalogTest {
  @Parameter TestDatabase.Engine engine;
  private static final Digest RECORD = EvidenceStoreContract.digest("record");
  private static final Catalog.Filter ALL = new Catalog.Filter(null, null, null);

  @TempDir Path root;
  private TestDatabase data;

  @BeforeEach
  void create() throws IOException {
    data = TestDatabase.create(engine, root);
  }

  @AfterEach
  void drop() throws IOException {
    data.close();
  }

  @Test
  void pages_areCompleteWithEqualTimes() throws Exception {
    try (Database database = data.open()) {
      Catalog catalog = Catalog.open(database);
      for (int i = 0; i < 10; i++) {
        catalog.put(EvidenceStoreContract.record("evidence-" + i, CaptureState.SEALED), RECORD);
      }

      List<Id> seen = new ArrayList<>();
      String cursor = null;
      do {
        Catalog.Page page = catalog.page(Scope.EVERYTHING, ALL, cursor, 3);
        seen.addAll(page.evidence());
        cursor = page.next();
      } while (cursor != null);

      assertThat(seen).hasSize(10).doesNotHaveDuplicates();
    }
  }

  @Test
  void gravestFinding_isInTheRow_andOrdersAndFilters() throws Exception {
    try (Database database = data.open()) {
      Catalog catalog = Catalog.open(database);
      GravestLedger gravest = new GravestLedger(database);
      EvidenceRecord high = EvidenceStoreContract.record("evidence-high", CaptureState.SEALED);
      EvidenceRecord low = EvidenceStoreContract.record("evidence-low", CaptureState.SEALED);
      EvidenceRecord open = EvidenceStoreContract.record("evidence-open", CaptureState.SEALED);
      for (EvidenceRecord each : List.of(open, high, low)) {
        catalog.put(each, RECORD);
      }
      gravest.put(low, Level.LOW, "Nothing much");
      gravest.put(high, Level.LOW, "Found at first");
      gravest.put(high, Level.CRITICAL, "Shell by 100%_injected code");
      catalog.put(high, RECORD); // as when an artifact is derived later

      assertThat(gravest.find(List.of(high.id(), low.id(), open.id())))
          .containsEntry(high.id(), Gravest.of(Level.CRITICAL, "Shell by 100%_injected code"))
          .containsEntry(low.id(), Gravest.of(Level.LOW, "Nothing much"))
          .containsEntry(open.id(), Gravest.WAITING);
      assertThat(gravest.waiting(null, 9)).containsExactly(open.id());
      List<Id> worstFirst = new ArrayList<>();
      String cursor = null;
      do {
        Catalog.Page page =
            catalog.page(Scope.EVERYTHING, filter(null, null, null, true), cursor, 1);
        worstFirst.addAll(page.evidence());
        cursor = page.next();
      } while (cursor != null);
      assertThat(worstFirst).containsExactly(high.id(), low.id(), open.id());
      assertThat(found(catalog, filter(Level.LOW, null, null, false))).containsExactly(low.id());
      assertThat(found(catalog, filter(null, Level.MEDIUM, null, false)))
          .containsExactly(high.id());
      assertThat(found(catalog, filter(null, null, "INJECTED shell", false)))
          .containsExactly(high.id());
      assertThat(found(catalog, filter(null, null, "100%_", false)))
          .as("characters with a meaning in LIKE stand for themselves")
          .containsExactly(high.id());
      assertThat(found(catalog, filter(null, null, "100__", false))).isEmpty();
      assertThat(gravest.lines(List.of(open.id(), high.id())))
          .extracting(GravestLedger.Line::id)
          .containsExactly(high.id(), open.id());
    }
  }

  private static List<Id> found(Catalog catalog, Catalog.Filter filter) throws IOException {
    return catalog.page(Scope.EVERYTHING, filter, null, 9).evidence();
  }

  private static Catalog.Filter filter(
      Level level, Level atLeast, String words, boolean worstFirst) {
    return new Catalog.Filter(null, null, null, level, atLeast, words, worstFirst);
  }

  @Test
  void put_again_updatesTheRow() throws Exception {
    try (Database database = data.open()) {
      Catalog catalog = Catalog.open(database);
      catalog.put(EvidenceStoreContract.record("evidence-1", CaptureState.PARTIAL), RECORD);
      catalog.put(EvidenceStoreContract.record("evidence-1", CaptureState.SEALED), RECORD);

      assertThat(catalog.size()).isEqualTo(1);
      assertThat(
              catalog
                  .page(
                      Scope.EVERYTHING,
                      new Catalog.Filter(null, null, CaptureState.SEALED),
                      null,
                      9)
                  .evidence())
          .hasSize(1);
      assertThat(catalog.records()).containsEntry(new Id("evidence-1"), RECORD);
    }
  }

  @Test
  void foreignCursor_isRefused() throws Exception {
    try (Database database = data.open()) {
      Catalog catalog = Catalog.open(database);
      for (String cursor : List.of("", "!", "MTIz", "OnRleHQ")) {
        assertThatThrownBy(() -> catalog.page(Scope.EVERYTHING, ALL, cursor, 3))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }
}
