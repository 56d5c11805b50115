package whorl.collector.analysis.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parses frames as recordings, the agent's ring and alerts write them. */
class FramesTest {
  @ParameterizedTest
  @CsvSource({
    "java.base/java.lang.ProcessBuilder.start(ProcessBuilder.java:1143), java.lang.ProcessBuilder, start",
    "java.base@17.0.21/java.io.File.delete(File.java:1), java.io.File, delete",
    "app//a.B.<clinit>(B.java:7), a.B, <clinit>",
    "a.B.c(line 7), a.B, c",
    "a.B.c, a.B, c",
    "a.B.c [Native], a.B, c",
    "app//a.B/0x000078aa14001800.run(Unknown Source), a.B, run",
    "a.B.0x000078aa14001800.run(line 1), a.B, run",
    "a.B+0x000078aa14001800.run(line 1), a.B, run",
    "a.B$$Lambda$14/0x0000000800c031f0.run(Unknown Source), a.B$$Lambda$14, run",
  })
  void frame_isReadWithoutModuleLoaderAndAddress(String line, String type, String method) {
    assertThat(Frames.parse(line).list()).containsExactly(new Frames.Frame(type, method));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "?", "… deeper frames were not recorded", "(", ".", "a.", ".b", "\n\n"})
  void textThatIsNoFrame_isLeftOut(String line) {
    assertThat(Frames.parse(line).list()).isEmpty();
  }

  @Test
  void aStackOfManyFrames_isCut() {
    assertThat(Frames.parse("a.B.c(line 1)\n".repeat(10_000)).list()).hasSize(160);
  }

  @Test
  void beforeDispatch_endsAtTheServersDispatch_unlessTheClassIsForeign() {
    Frames frames =
        Frames.parse("a.B.c\norg.apache.catalina.core.Forged.x\nd.E.f\nio.undertow.server.X.y");

    assertThat(frames.beforeDispatch()).hasSize(1);
    assertThat(frames.beforeDispatch(Set.of("org.apache.catalina.core.Forged"))).hasSize(3);
  }
}
