package whorl.collector.store.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.collector.store.database.CommitOutcome.Answer;
import whorl.collector.store.database.CommitOutcome.Transaction;

/** What is known of a transaction whose connection broke during its commit. */
class CommitOutcomeTest {
  private static final Transaction SENT = new Transaction("748", "first run");

  /** A server that crashed gives the numbers of lost transactions to others. */
  @ParameterizedTest
  @CsvSource({
    "committed, first run, COMMITTED",
    "aborted, first run, UNDONE",
    ", first run, UNKNOWN",
    "committed, second run, UNKNOWN",
    "aborted, second run, UNDONE",
    "in progress, second run, UNKNOWN",
    ", second run, UNKNOWN"
  })
  void of_sayingOfTheServer_isTrustedInTheSameRunOnly(
      String status, String run, CommitOutcome outcome) throws IOException {
    assertThat(CommitOutcome.of(SENT, number -> new Answer(status, run))).isEqualTo(outcome);
  }

  @Test
  void of_transactionInProgress_isAskedAboutAgain() throws IOException {
    Iterator<String> answers = List.of("in progress", "in progress", "committed").iterator();

    assertThat(CommitOutcome.of(SENT, number -> new Answer(answers.next(), "first run")))
        .isEqualTo(CommitOutcome.COMMITTED);
  }

  @Test
  void of_transactionThatChangedNothing_isUndone() throws IOException {
    assertThat(
            CommitOutcome.of(
                null,
                number -> {
                  throw new IOException("nobody needs to ask");
                }))
        .isEqualTo(CommitOutcome.UNDONE);
  }
}
