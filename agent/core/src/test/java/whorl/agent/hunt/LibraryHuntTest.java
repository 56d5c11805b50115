package whorl.agent.hunt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static whorl.agent.hunt.HuntFixture.look;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import whorl.evidence.channel.AgentMessage.HuntAnswer;
import whorl.evidence.channel.HuntQuestion;
import whorl.evidence.channel.HuntRow;

class LibraryHuntTest {
  private static final LibraryHunt.Library LOG4J =
      new LibraryHunt.Library(
          "/app.jar!/BOOT-INF/lib/log4j-core-2.14.1.jar",
          "org.apache.logging.log4j",
          "log4j-core",
          "2.14.1",
          null,
          "app",
          null);

  private static HuntQuestion library(String name, String version) {
    return new HuntQuestion(null, null, new HuntQuestion.OfLibrary(name, version), null, null);
  }

  @Test
  void library_hasItsVersionPathAndWhetherItIsLoaded() throws Exception {
    HuntAnswer answer =
        look(
            new LibraryHunt(
                (name, versions, limit) -> {
                  assertThat(name + " " + versions).isEqualTo("log4j-core <2.17");
                  return new LibraryHunt.Found(List.of(LOG4J), null);
                }),
            library("log4j-core", "<2.17"));

    HuntRow row = answer.rows().get(0);
    assertThat(row.what()).isEqualTo("log4j-core 2.14.1");
    assertThat(row.fields())
        .containsEntry("loaded", true)
        .containsEntry("loader", "app")
        .containsEntry("path", LOG4J.path());
    assertThat(answer.cut()).isNull();
  }

  @Test
  void incompleteInventory_isSaid_andMoreThanTheLimitToo() throws Exception {
    LibraryHunt hunt =
        new LibraryHunt(
            (name, versions, limit) ->
                new LibraryHunt.Found(Collections.nCopies(limit, LOG4J), "it was not begun yet"));

    HuntAnswer answer = look(hunt, library("x", null));

    assertThat(answer.rows()).hasSize(100);
    assertThat(answer.matched()).isEqualTo(101);
    assertThat(answer.cut())
        .isEqualTo("the inventory of libraries is not complete: it was not begun yet");
  }

  @Test
  void textThatIsNoRange_isRefused() {
    LibraryHunt hunt =
        new LibraryHunt(
            (name, versions, limit) -> {
              throw new IllegalArgumentException("not a range of versions: " + versions);
            });

    assertThatThrownBy(() -> look(hunt, library("x", "~2")))
        .isInstanceOf(HuntRefusedException.class)
        .hasMessage("not a range of versions: ~2");
  }
}
