package whorl.collector.store.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.net.SocketException;
import java.security.cert.CertPathBuilderException;
import java.sql.SQLException;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
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

  /** The start waits for it, as for an outage, because a certificate may be renewed meanwhile. */
  @Test
  void certificateThatIsNotAccepted_namesWhatToLookAt() {
    List<PSQLException> refusals =
        List.of(
            new PSQLException(
                "SSL error: PKIX path building failed",
                PSQLState.CONNECTION_FAILURE,
                new SSLHandshakeException("PKIX path building failed")
                    .initCause(new CertPathBuilderException("no valid path"))),
            new PSQLException(
                "The hostname db could not be verified by hostnameverifier PgjdbcHostnameVerifier.",
                PSQLState.CONNECTION_FAILURE),
            new PSQLException(
                "Could not open SSL root certificate file /home/nonroot/.postgresql/root.crt.",
                PSQLState.CONNECTION_FAILURE,
                new FileNotFoundException("/home/nonroot/.postgresql/root.crt")));

    for (PSQLException refusal : refusals) {
      PostgresErrors.Failed failed = PostgresErrors.failed("the database", refusal);

      assertThat(failed)
          .hasMessageContaining("sslrootcert")
          .hasMessageNotContaining("check that the server runs");
      assertThat(Outage.of(failed)).isNotNull();
    }
  }

  @Test
  void handshakeThatIsCutOff_isNoQuestionOfCertificates() {
    SQLException cut =
        new PSQLException(
            "SSL error: Remote host terminated the handshake",
            PSQLState.CONNECTION_FAILURE,
            new SSLHandshakeException("Remote host terminated the handshake")
                .initCause(new EOFException("SSL peer shut down incorrectly")));

    assertThat(PostgresErrors.failed("the database", cut))
        .hasMessageContaining("check that the server runs")
        .hasMessageNotContaining("sslrootcert");
  }
}
