package whorl.collector.wiring.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import whorl.collector.config.StormLimit;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Role;
import whorl.collector.store.database.Database;
import whorl.collector.testkit.EachEngine;

class LimitWiringTest extends EachEngine {
  private static final Principal PERSON = new Principal(Role.VIEWER, "viewer-1");

  private LimitWiring wiring(Database database, @Nullable String collector) {
    return LimitWiring.open(database, new StormLimit(3, Duration.ofMinutes(10)), time, collector);
  }

  private long rows(String table) throws IOException {
    return one.query("SELECT count(*) FROM " + table, row -> row.getLong(1)).get(0);
  }

  @Test
  void severalCollectors_shareSessionsAndQuotas() throws IOException {
    LimitWiring here = wiring(one, "collector-1");
    LimitWiring there = wiring(other, "collector-2");

    String session = here.access().sessions().open(PERSON).id();
    assertThat(there.access().sessions().use(session)).isNotNull();
    assertThat(here.alertsAMinute().take("token", 300)).isTrue();
    assertThat(there.alertsAMinute().take("token", 1)).isFalse();
    assertThat(there.alertKibibytesADay().take("token", 1)).as("another quota").isTrue();
    assertThat(here.ruleStates()).isNotNull();
    assertThat(here.access().agreement()).isNotNull();
  }

  /** A collector that is alone writes no more than before there could be several. */
  @Test
  void collectorThatIsAlone_keepsThemInMemory() throws IOException {
    LimitWiring alone = wiring(one, null);

    String session = alone.access().sessions().open(PERSON).id();
    assertThat(alone.access().sessions().use(session)).isNotNull();
    alone.access().logins().failed("192.0.2.1");
    assertThat(alone.journalKibibytesADay(10).take("network", 5)).isTrue();

    assertThat(rows("sessions") + rows("quotas") + rows("failed_logins")).isZero();
    assertThat(alone.ruleStates()).isNull();
    assertThat(alone.access().agreement()).isNull();
  }
}
