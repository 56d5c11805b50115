package whorl.collector.store.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.SocketException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import whorl.collector.store.outage.Outage;

class PostgresErrorsTest {
  /** The driver gives it no SQLSTATE; a start that meets it must wait, as for any other outage. */
  @Test
  void connectionThatBreaksWhileItIsClosed_isAnOutage() {
    SQLException broken =
        new PSQLException(
            "Unable to close connection properly",
            PSQLState.UNKNOWN_STATE,
            new SocketException("Connection reset by peer"));

    PostgresErrors.Failed failed = PostgresErrors.failed("the database", broken);

    assertThat(Outage.of(failed)).isNotNull();
    assertThat(PostgresErrors.mayRepeat(failed)).isTrue();
    assertThat(failed)
        .hasMessageContaining("Connection reset by peer")
        .hasMessageContaining("check that the server runs");
  }

  @Test
  void errorOfTheDriverItself_isNone() {
    PostgresErrors.Failed failed =
        PostgresErrors.failed(
            "the database", new PSQLException("no such column", PSQLState.UNKNOWN_STATE));

    assertThat(Outage.of(failed)).isNull();
    assertThat(PostgresErrors.mayRepeat(failed)).isFalse();
  }
}
