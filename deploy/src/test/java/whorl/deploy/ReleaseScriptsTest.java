package whorl.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the scripts of a release refuse before they build or delete anything, and its notes. */
class ReleaseScriptsTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)]*)\\)");

  @TempDir private Path folder;

  @Test
  void releaseFiles_folderWithOtherFiles_isLeftAsItIs() throws IOException {
    Path thesis = Files.writeString(folder.resolve("thesis.odt"), "years of work");
    Path earlier = Files.writeString(folder.resolve("whorl-agent-0.0.1.jar"), "a jar");

    Command.Outcome outcome =
        Command.run(60, List.of(".ci/release-files", folder.toAbsolutePath().toString()));

    assertThat(outcome.status()).as(outcome.output()).isEqualTo(2);
    assertThat(outcome.output()).contains("thesis.odt", "name a folder for the release alone");
    assertThat(thesis).hasContent("years of work");
    assertThat(earlier).exists();
  }

  @Test
  void releaseNotes_haveOneVersion_andLinksThatLeadToItsTag() throws IOException {
    String files = "https://forge.example/whorl/blob/v0.2.0";

    String notes = Command.run(60, List.of(".ci/release-notes", files, "0.2.0")).orFail();

    assertThat(notes)
        .contains("### How to upgrade", "](" + files + "/docs/upgrade.md)")
        .contains("](" + files + "/CHANGELOG.md#how-to-upgrade)")
        .doesNotContainPattern("(?m)^## ")
        .doesNotContain("The first version, of 26 November 2026");
    assertThat(LINK.matcher(notes).results().map(each -> each.group(1)))
        .isNotEmpty()
        .allMatch(target -> target.startsWith("https://"));
  }

  @Test
  void releaseNotes_ofAVersionThatIsNotThere_areRefused() throws IOException {
    Command.Outcome outcome =
        Command.run(60, List.of(".ci/release-notes", "https://forge.example/whorl", "9.9.9"));

    assertThat(outcome.status()).as(outcome.output()).isEqualTo(1);
    assertThat(outcome.output()).contains("CHANGELOG.md has no heading of 9.9.9");
  }

  @Test
  void reproducible_fileThatIsNotThere_isNotCalledDifferent() throws IOException {
    Path missing = folder.toAbsolutePath().resolve("whorl-agent.jar");

    Command.Outcome outcome = Command.run(60, List.of(".ci/reproducible", missing.toString()));

    assertThat(outcome.status()).as(outcome.output()).isEqualTo(2);
    assertThat(outcome.output()).contains("no such file").doesNotContain("DIFFERENT");
  }

  @Test
  void reproducible_fileOfAnotherName_isRefusedAtOnce() throws IOException {
    Path other = Files.writeString(folder.resolve("shop.jar"), "a jar");

    Command.Outcome outcome =
        Command.run(60, List.of(".ci/reproducible", other.toAbsolutePath().toString()));

    assertThat(outcome.status()).as(outcome.output()).isEqualTo(2);
    assertThat(outcome.output()).contains("neither whorl-agent.jar nor whorl-collector.jar");
  }
}
