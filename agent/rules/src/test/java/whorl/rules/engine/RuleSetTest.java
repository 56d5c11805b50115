package whorl.rules.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.event.EventType;
import whorl.evidence.Level;
import whorl.rules.Events;
import whorl.rules.Rules;
import whorl.rules.match.Rule;
import whorl.rules.parse.RuleReader;

class RuleSetTest {
  private static final String ANY_OPEN = "s:\n  event: FileOpen\ncondition: s";

  @TempDir Path folder;

  @Test
  void parse_severalDocuments_areSeveralRules() {
    RuleSet set =
        RuleSet.parse(
            Rules.yaml("one", "file_event", ANY_OPEN)
                + "---\n"
                + Rules.yaml("two", "file_event", ANY_OPEN)
                + "---\n",
            "two.yml");

    assertThat(set.rules()).extracting(Rule::title).containsExactly("one", "two");
    assertThat(set.problems()).isEmpty();
  }

  @Test
  void parse_readsWhatAnAlertNeeds() {
    Rule rule =
        RuleSet.parse(
                """
                id: 0f3c5a10-7a7e-4d55-8f0a-6f6c2a8a1b01
                level: critical
                description: Why
                tags: [attack.execution, attack.t1059.004]
                author: somebody
                custom_key: is allowed
                """
                    + Rules.yaml("A title", "file_event", ANY_OPEN),
                "x.yml")
            .rules()
            .get(0);

    assertThat(rule.id()).isEqualTo("0f3c5a10-7a7e-4d55-8f0a-6f6c2a8a1b01");
    assertThat(rule.title()).isEqualTo("A title");
    assertThat(rule.level()).isEqualTo(Level.CRITICAL);
    assertThat(rule.description()).isEqualTo("Why");
    assertThat(rule.tags()).containsExactly("attack.execution", "attack.t1059.004");
  }

  @Test
  void parse_withoutIdAndLevel_hasAStableIdAndMedium() {
    String yaml = Rules.yaml("A title", "file_event", ANY_OPEN);
    Rule first = RuleSet.parse(yaml, "a.yml").rules().get(0);
    Rule second = RuleSet.parse("# changed\n" + yaml, "b.yml").rules().get(0);

    assertThat(first.id()).hasSize(36).isEqualTo(second.id());
    assertThat(first.level()).isEqualTo(Level.MEDIUM);
  }

  @Test
  void parse_oneRuleRefused_theOthersLoad() {
    RuleSet set =
        RuleSet.parse(
            Rules.yaml("good", "file_event", ANY_OPEN)
                + "---\n"
                + Rules.yaml("bad", "file_event", "s:\n  colour: red\ncondition: s")
                + "---\n"
                + Rules.yaml("also good", "file_event", ANY_OPEN),
            "three.yml");

    assertThat(set.rules()).extracting(Rule::title).containsExactly("good", "also good");
    assertThat(set.problems()).hasSize(1);
    assertThat(set.problems().get(0)).startsWith("three.yml: rule 'bad': ").contains("'colour'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "title: x\ncorrelation: {type: event_count} => correlation.rules is missing",
        "title: x\nfilter: {rules: []} => Sigma filters are not supported; write",
        "action: global => rule collections by 'action' (Sigma 1) are not supported",
        "title: x\nstatus: unsupported => its own status says 'unsupported'",
        "- a\n- b => not a map",
        "just text => not a map",
        "level: high => title is missing",
        "title: [x] => title is not a text",
        "title: x => logsource is missing",
        "title: x\nlogsource: {product: windows} => 'windows', whose events no JVM sees",
        "title: x\nlogsource: {product: java} => the agent's own events have product 'jvm'",
        "title: x\nlogsource: {category: file_event} => own events have product 'jvm'",
        "title: x\nlogsource: {category: proxy} => a JVM sees those that it answers ('webserver')",
        "title: x\n"
            + "logsource: {category: antivirus} => without a product there is only webserver, dns",
        "title: x\nlogsource: {service: apache} => logsource has no product, and no category",
        "title: x\n"
            + "logsource: {product: linux, service: auditd} => 'auditd', which a JVM does not see",
        "title: x\nlogsource: {product: linux} => logsource is a log of the system, which a JVM",
        "title: x\nlogsource: {product: linux, category: file_delete} => a JVM sees only"
            + " process_creation, file_event, network_connection, dns_query",
        "title: x\nlogsource: {product: jvm, service: s} => logsource.service is not supported",
        "title: x\nlogsource: {product: jvm} => not one of file_event, network_connection",
        "title: x\nlogsource: {product: jvm, category: registry_set} => not one of file_event",
        "title: x\nlogsource: {product: jvm, category: dns_query} => detection is missing",
        "title: x\nlevel: grave\nlogsource: {product: jvm, category: dns_query}\n"
            + "detection: {} => not a level",
        "title: x\nid: 'a b'\nlogsource: {product: jvm, category: dns_query}\n"
            + "detection: {} => id is not a UUID",
        "title: x\ntags: [Bad Tag]\nlogsource: {product: jvm, category: dns_query}\n"
            + "detection: {} => not a tag such as",
        "title: [x => not YAML that can be read",
        "title: x\ntitle: y => duplicate key title",
      })
  void parse_refusesByName(String yamlAndProblem) {
    String[] parts = yamlAndProblem.split(" => ", 2);
    RuleSet set = RuleSet.parse(parts[0], "x.yml");

    assertThat(set.rules()).isEmpty();
    assertThat(set.problems()).hasSize(1);
    assertThat(set.problems().get(0)).startsWith("x.yml: ").contains(parts[1]).doesNotContain("\n");
  }

  @Test
  void parse_aliasBomb_isRefusedQuickly() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 60; i++) {
      bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }

    RuleSet set = RuleSet.parse(bomb.toString(), "bomb.yml");

    assertThat(set.problems()).hasSize(1);
    assertThat(set.problems().get(0)).contains("alias");
  }

  @Test
  void load_duplicatedId_keepsTheFirst() throws IOException {
    String id = "id: 0f3c5a10-7a7e-4d55-8f0a-6f6c2a8a1b01\n";
    Files.writeString(folder.resolve("a.yml"), id + Rules.yaml("one", "file_event", ANY_OPEN));
    Files.writeString(folder.resolve("b.yaml"), id + Rules.yaml("two", "file_event", ANY_OPEN));

    RuleSet set = RuleSet.load(List.of(folder), Set.of(), false);

    assertThat(set.rules()).extracting(Rule::title).containsExactly("one");
    assertThat(set.problems()).hasSize(1);
    assertThat(set.problems().get(0)).contains("b.yaml: rule 'two'").contains("that of 'one'");
  }

  @Test
  void load_folder_readsNestedRulesButNotHiddenOnesOrOthers() throws IOException {
    Path nested = Files.createDirectories(folder.resolve("team"));
    Path hidden = Files.createDirectories(folder.resolve("..2026_11_24"));
    Files.writeString(nested.resolve("a.yml"), Rules.yaml("nested", "file_event", ANY_OPEN));
    Files.writeString(hidden.resolve("b.yml"), Rules.yaml("hidden", "file_event", ANY_OPEN));
    Files.createSymbolicLink(folder.resolve("b.yml"), hidden.resolve("b.yml"));
    Files.writeString(folder.resolve("notes.txt"), "no rule");

    RuleSet set = RuleSet.load(List.of(folder), Set.of(), false);

    assertThat(set.rules()).extracting(Rule::title).containsExactly("hidden", "nested");
    assertThat(set.problems()).isEmpty();
  }

  @Test
  void load_missingOrTooLargeFile_isAProblem() throws IOException {
    Path large = folder.resolve("large.yml");
    Files.writeString(large, "#".repeat(RuleReader.MAX_CHARS + 1));
    Path missing = folder.resolve("missing.yml");

    RuleSet set = RuleSet.load(List.of(large, missing), Set.of(), false);

    assertThat(set.rules()).isEmpty();
    assertThat(set.problems())
        .containsExactly(
            large + ": not read, larger than 1048576 bytes",
            missing + ": there is no such file or folder");
  }

  @Test
  void load_disabled_byIdOrTitleInAnyCase() throws IOException {
    Path file = folder.resolve("a.yml");
    Files.writeString(
        file,
        "id: AB-1\n"
            + Rules.yaml("one", "file_event", ANY_OPEN)
            + "---\n"
            + Rules.yaml("Number Two", "file_event", ANY_OPEN)
            + "---\n"
            + Rules.yaml("three", "file_event", ANY_OPEN));

    RuleSet set = RuleSet.load(List.of(file), Set.of("ab-1", "number two", "four"), false);

    assertThat(set.rules()).extracting(Rule::title).containsExactly("three");
    assertThat(set.problems())
        .containsExactly("rules.disabled: no rule has the id or the title 'four'");
  }

  @Test
  void matching_isTheHighestLevelFirst() {
    RuleSet set =
        RuleSet.parse(
            "level: low\n"
                + Rules.yaml("low", "file_event", ANY_OPEN)
                + "---\nlevel: critical\n"
                + Rules.yaml("critical", "file_event", ANY_OPEN)
                + "---\nlevel: high\n"
                + Rules.yaml("high", "file_event", ANY_OPEN)
                + "---\nlevel: critical\n"
                + Rules.yaml("no match", "file_event", "s:\n  path: /y\ncondition: s"),
            "levels.yml");

    assertThat(set.matching(Events.open("/x")))
        .extracting(Rule::title)
        .containsExactly("critical", "high", "low");
    assertThat(set.matching(Events.event(EventType.CONSOLE))).isEmpty();
    assertThat(set.matching(Events.event(EventType.DNS_LOOKUP))).isEmpty();
  }
}
