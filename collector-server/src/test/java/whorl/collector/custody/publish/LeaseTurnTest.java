package whorl.collector.custody.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.Leases;
import whorl.collector.testkit.TestDatabase;

class LeaseTurnTest {
  @TempDir Path folder;

  @Test
  void oneHasTheTurn_andAnotherAfterItsEnd_withALaterNumber() throws Exception {
    try (TestDatabase data = TestDatabase.create(TestDatabase.Engine.SQLITE, folder)) {
      Database database = data.open();
      LeaseTurn first = new LeaseTurn(new Leases(database, "one"), Duration.ofSeconds(3));
      await().until(() -> first.fence().isPresent());
      long before = first.fence().getAsLong();
      try (LeaseTurn second = new LeaseTurn(new Leases(database, "two"), Duration.ofSeconds(3))) {
        assertThat(second.fence()).isEmpty();
        first.close();
        assertThat(first.fence()).isEmpty();
        await().until(() -> second.fence().isPresent());
        assertThat(second.fence().getAsLong()).isGreaterThan(before);
      }
    }
  }
}
