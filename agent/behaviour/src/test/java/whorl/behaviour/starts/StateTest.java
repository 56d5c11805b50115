package whorl.behaviour.starts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateTest {
  private static final Result.Group GROUP = new Result.Group(17, 1, false, "quick");

  @TempDir Path folder;
  private Path jar;
  private Path file;

  @BeforeEach
  void makeJar() throws IOException {
    jar = Files.writeString(folder.resolve("agent.jar"), "one");
    file = folder.resolve("state");
  }

  @Test
  void open_afterACut_hasWhatWasAdded() throws IOException {
    Result fine = new Result("1/0", GROUP, 1500, 0, null);
    Result failed = new Result("1/1", GROUP, 9000, 12, "did not end\nwithin 9 s");
    State first = State.open(file, jar);
    first.add(fine);
    first.add(failed);

    State second = State.open(file, jar);

    assertThat(second.results())
        .containsExactly(fine, new Result("1/1", GROUP, 9000, 12, "did not end within 9 s"));
    assertThat(second.has(start(0))).isTrue();
    assertThat(second.has(start(2))).isFalse();
  }

  @Test
  void open_lastLineCut_runsThatStartAgain() throws IOException {
    State.open(file, jar).add(new Result("1/0", GROUP, 1500, 0, null));
    Files.writeString(file, "1/1\t17\t1\tfal", StandardOpenOption.APPEND);

    State again = State.open(file, jar);
    assertThat(again.has(start(1))).isFalse();
    again.add(new Result("1/1", GROUP, 1600, 0, null));

    assertThat(State.open(file, jar).results()).hasSize(2);
  }

  @Test
  void open_stateOfAnotherJar_isRefused() throws IOException {
    State.open(file, jar);
    Files.writeString(jar, "two");

    assertThatThrownBy(() -> State.open(file, jar)).hasMessageContaining("of another agent jar");
  }

  @Test
  void numbered_sameNumber_isTheSameStart() {
    assertThat(start(41)).isEqualTo(start(41));
    assertThat(start(41)).isNotEqualTo(start(42));
  }

  private static Start start(int number) {
    return Start.numbered(
        number,
        1,
        List.of(new Jdk(17, Path.of("/java17")), new Jdk(25, Path.of("/java25"))),
        List.of(false, true),
        List.of(Program.values()));
  }
}
