package whorl.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.ConfigLoader;

class LateStartTest {
  private static final Instant AT = Instant.parse("2026-11-29T23:00:00Z");

  @TempDir Path folder;

  @Test
  void settingsOfAttach_areStrongerThanProperties_andArgumentsStayArguments() throws Exception {
    Path settings =
        Files.writeString(
            folder.resolve("settings"), "service.name=late\ncollector.token=secret\n");
    System.setProperty("whorl.service.name", "early");
    try {
      LateStart late =
          LateStart.of(
              "attach.answer="
                  + folder.resolve("answer")
                  + ",attach.settings="
                  + settings
                  + ",heap=off,hooks.disabled=file,socket");
      AgentConfig config = ConfigLoader.load(late.arguments(), late.properties(), variable -> null);

      assertThat(late.answer()).isEqualTo(folder.resolve("answer"));
      assertThat(config.problems()).isEmpty();
      assertThat(config.service().name()).isEqualTo("late");
      assertThat(config.heap().mode()).isEqualTo(AgentConfig.HeapMode.OFF);
      assertThat(config.hooksDisabled()).hasSize(2);
      assertThat(config.collector().token()).hasToString("***");
    } finally {
      System.clearProperty("whorl.service.name");
    }
  }

  /** As jcmd JVMTI.agent_load does it. */
  @Test
  void loadedByAnotherTool_hasPlainArguments() {
    LateStart late = LateStart.of("service.name=shop");

    assertThat(late.answer()).isNull();
    assertThat(late.arguments()).isEqualTo("service.name=shop");
    assertThat(LateStart.of(null).arguments()).isEmpty();
  }

  @Test
  void settingsThatCannotBeRead_areAnError() {
    assertThatThrownBy(() -> LateStart.of("attach.settings=/no/such/file"))
        .hasMessageContaining("/no/such/file");
  }

  @Test
  void whatIsUnknown_isSaid_withTheTime() {
    LateStart late = new LateStart("", new Properties(), null, AT, AT.minusSeconds(3 * 3600));

    assertThat(late.describe())
        .startsWith("loaded into the running JVM 3 h after its start, at 2026-11-29T23:00:00Z: no");
    assertThat(late.missing().artifact()).isEqualTo("what was before 2026-11-29T23:00:00Z");
    assertThat(late.missing().reason())
        .contains("3 h after its start", "classes made at run time")
        .hasSizeLessThan(200);
  }
}
