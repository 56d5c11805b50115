package whorl.collector.store.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OneByOneTest {
  private final OneByOne pieces = new OneByOne();
  private final List<String> done = new ArrayList<>();

  private static final class Away extends IOException implements Outage {
    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable String unusable() {
      return "the database";
    }
  }

  @Test
  void run_piecesThatFail_keepNoOtherFromItsTurn_andAreNamed() throws IOException {
    pieces.run("one", () -> done.add("one"));
    pieces.run(
        "two",
        () -> {
          throw new IOException("no room");
        });
    pieces.run(
        "three",
        () -> {
          throw new IllegalStateException();
        });
    pieces.run("four", () -> done.add("four"));

    assertThat(done).containsExactly("one", "four");
    assertThat(pieces.failed()).isEqualTo(2);
    assertThatThrownBy(pieces::end)
        .isInstanceOf(IOException.class)
        .hasMessage("2 failed: two: no room; three: java.lang.IllegalStateException")
        .hasRootCauseMessage("no room");
  }

  @Test
  void end_withoutFailure_throwsNothing() throws IOException {
    pieces.run("one", () -> done.add("one"));
    pieces.end();

    assertThat(done).containsExactly("one");
  }

  @Test
  void run_outage_endsAtOnce() {
    assertThatThrownBy(
            () ->
                pieces.run(
                    "one",
                    () -> {
                      throw new IOException("not stored", new Away());
                    }))
        .hasMessage("not stored");
  }

  @Test
  void end_manyFailures_namesTheFirstTen() throws IOException {
    for (int i = 0; i < 12; i++) {
      pieces.run(
          "piece " + i,
          () -> {
            throw new IOException("no");
          });
    }

    assertThatThrownBy(pieces::end)
        .hasMessageStartingWith("12 failed: piece 0: no; ")
        .hasMessageEndingWith("; piece 9: no; …");
  }
}
