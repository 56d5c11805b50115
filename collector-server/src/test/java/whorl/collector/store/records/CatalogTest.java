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
import whorl.collector.store.objects.EvidenceStoreContract;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.Digest;
import whorl.evidence.Id;
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
