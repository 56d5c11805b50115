package whorl.collector.testkit;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * A database whose clock jumps when a test's clock does, and runs in real time otherwise. Its
 * offset is a row, so that it counts in statements that are prepared before.
 */
public final class ClockedDatabase extends DelegatingDatabase {
  private final Supplier<Instant> clock;
  private Instant last;

  public ClockedDatabase(whorl.collector.store.database.Database database, Supplier<Instant> clock)
      throws IOException {
    super(database);
    this.clock = clock;
    this.last = clock.get();
    database.update(
        "INSERT INTO upload_limits (name, changes) VALUES ('clock', 0) ON CONFLICT (name) DO"
            + " NOTHING");
  }

  @Override
  protected synchronized void beforeStatement() throws IOException {
    Instant now = clock.get();
    Duration jump = Duration.between(last, now);
    if (jump.abs().toSeconds() > 30) {
      database.update(
          "UPDATE upload_limits SET changes = changes + ? WHERE name = 'clock'", jump.toMillis());
    }
    last = now;
  }

  @Override
  public String nowMillis() {
    return "(" + super.nowMillis() + " + (SELECT changes FROM upload_limits WHERE name = 'clock'))";
  }
}
