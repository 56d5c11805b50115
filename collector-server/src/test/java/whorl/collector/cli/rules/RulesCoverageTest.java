package whorl.collector.cli.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.cli.CliRun;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.evidence.Json;

final class RulesCoverageTest {
  private static final String PROCESS = "{product: linux, category: process_creation}";
  private static final String CONSOLE = "{product: jvm, category: application}";

  @TempDir private Path folder;
  private final CliRun cli = new CliRun();

  private void rule(String file, String title, String logsource, String detection)
      throws IOException {
    Files.createDirectories(folder.resolve(file).getParent());
    Files.writeString(
        folder.resolve(file),
        "title: " + title + "\nlogsource: " + logsource + "\ndetection: " + detection + "\n");
  }

  private void someRules() throws IOException {
    rule("jvm/a.yml", "Bad thing", CONSOLE, "{k: [BadThing], condition: k}");
    rule("linux/a.yml", "Shell", PROCESS, "{s: {Image|endswith: /sh}, condition: s}");
    rule(
        "linux/b.yml",
        "Shell or root",
        PROCESS,
        "{s: {Image|endswith: /sh}, u: {User: root}, condition: 1 of them}");
    rule("linux/c.yml", "Root", PROCESS, "{s: {User: root}, condition: s}");
    rule("linux/d.yml", "Root again", PROCESS, "{s: {User: root}, condition: s}");
    rule("windows/a.yml", "Registry", "{product: windows, category: registry_set}", "{}");
  }

  @Test
  void coverage_countsByLogsourceAndSaysWhy() throws Exception {
    someRules();

    assertThat(cli.run("rules", "coverage", folder.toString())).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out())
        .contains("linux\tprocess_creation\t-\t4\t1\t1\t2\n")
        .contains("jvm\tapplication\t-\t1\t1\t0\t0\n")
        .contains("1 other\t-\t-\t1\t0\t0\t1\n")
        .contains(
            "linux/process_creation applies in part:",
            "     1  does not see User",
            "        such as 'Shell or root'",
            "linux/process_creation refused:",
            "     2  needs User, which a JVM cannot see",
            "        such as 'Root'",
            "     1  logsource.product is 'windows', whose events no JVM sees");
    assertThat(cli.err()).contains("6 rules in 6 files: 2 apply, 1 apply in part, 3 do not");
  }

  @Test
  void coverage_all_listsEveryLogsource() throws Exception {
    someRules();

    assertThat(cli.run("rules", "coverage", "--all", folder.toString())).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out()).contains("windows\tregistry_set\t-\t1\t0\t0\t1\n");
  }

  @Test
  void coverage_readsFoldersOfAnyDepth() throws Exception {
    rule("a/b/c/d/e/f/g/deep.yml", "Deep", CONSOLE, "{k: [BadThing], condition: k}");
    Files.createSymbolicLink(folder.resolve("a/b/circle"), folder);

    assertThat(cli.run("rules", "coverage", folder.toString())).isEqualTo(ExitStatus.DONE);

    assertThat(cli.err()).contains("circle: not read, a link to a folder", "1 rule in 1 file: ");
  }

  @Test
  void coverage_json_hasTheSame() throws Exception {
    someRules();

    assertThat(cli.run("rules", "coverage", "--json", folder.toString()))
        .isEqualTo(ExitStatus.DONE);

    JsonNode answer = Json.MAPPER.readTree(cli.out());
    assertThat(answer.at("/files").asInt()).isEqualTo(6);
    assertThat(answer.at("/apply").asInt()).isEqualTo(2);
    assertThat(answer.at("/applyInPart").asInt()).isEqualTo(1);
    assertThat(answer.at("/refused").asInt()).isEqualTo(3);
    JsonNode linux = answer.at("/logsources/0");
    assertThat(linux.at("/product").asText()).isEqualTo("linux");
    assertThat(linux.at("/service").isMissingNode()).isTrue();
    assertThat(linux.at("/reasons/0/why").asText()).isEqualTo("needs User, which a JVM cannot see");
    assertThat(linux.at("/reasons/0/rules").asInt()).isEqualTo(2);
    assertThat(linux.at("/reasons/0/examples")).hasSize(2);
    assertThat(linux.at("/partReasons/0/why").asText()).isEqualTo("does not see User");
  }

  @Test
  void coverage_hasNoLimitOfFiles_andSaysWhatWasNotRead() throws Exception {
    for (int i = 0; i < 2_100; i++) {
      rule("many/" + i + ".yml", "Rule " + i, CONSOLE, "{k: [Bad" + i + "], condition: k}");
    }
    Files.writeString(folder.resolve("broken.yml"), "title: [x");

    assertThat(cli.run("rules", "coverage", folder.toString())).isEqualTo(ExitStatus.DONE);

    assertThat(cli.out()).contains("jvm\tapplication\t-\t2100\t2100\t0\t0\n");
    assertThat(cli.err()).contains("broken.yml: not YAML that can be read", "not read: 1");
  }

  @Test
  void coverage_nothingApplies_exitsFour() throws Exception {
    rule("a.yml", "Registry", "{product: windows, category: registry_set}", "{}");

    assertThat(cli.run("rules", "coverage", folder.toString()))
        .isEqualTo(ExitStatus.NOTHING_MATCHED);
  }

  @Test
  void coverage_noRule_isAFailure() {
    assertThat(cli.run("rules", "coverage", folder.resolve("absent").toString()))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(cli.err()).contains("absent: there is no such file or folder", "0 rules");
  }

  @Test
  void check_ruleThatAppliesInPart_isAWarning() throws Exception {
    someRules();

    assertThat(cli.run("rules", "check", folder.resolve("linux/b.yml").toString()))
        .isEqualTo(ExitStatus.DONE);

    assertThat(cli.out())
        .contains("warning: rule 'Shell or root': matches only where it does not depend on User");
  }
}
