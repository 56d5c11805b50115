package whorl.collector.store.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.testkit.DelegatingDatabase;
import whorl.collector.testkit.TestDatabase;

class DatabaseClockTest {
  @TempDir Path folder;

  @Test
  void clockOfTheDatabaseCounts_andGoesOnWhileItIsAway() throws Exception {
    AtomicBoolean away = new AtomicBoolean();
    try (TestDatabase engine = TestDatabase.create(TestDatabase.Engine.POSTGRESQL, folder);
        DatabaseClock clock = DatabaseClock.start(dayAhead(engine.open(), away))) {
      Instant tomorrow = Instant.now().plus(Duration.ofDays(1));
      assertThat(clock.instant()).isCloseTo(tomorrow, within(20, ChronoUnit.SECONDS));

      away.set(true);

      Instant before = clock.instant();
      assertThat(clock.instant()).isAfterOrEqualTo(before);
    }
  }

  private static Database dayAhead(Database database, AtomicBoolean away) {
    return new DelegatingDatabase(database) {
      @Override
      protected void beforeStatement() throws IOException {
        if (away.get()) {
          throw new IOException("away");
        }
      }

      @Override
      public String nowMillis() {
        return "(" + super.nowMillis() + " + 86400000)";
      }
    };
  }
}
