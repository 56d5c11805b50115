package whorl.collector.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.collector.http.request.Access;
import whorl.collector.http.request.Grant;
import whorl.collector.http.request.Role;
import whorl.collector.store.access.Origin;
import whorl.collector.store.access.Part;

/** What an access file may say, and what is refused. */
class AccessReaderTest {
  private static final String FILE =
      """
      # who may do what
      shop-responders:
        - role: responder
          namespaces: [shop, shop-staging]
        - role: viewer
          services: [gateway]
          labels: {tier: backend, "cost centre": 17}
      platform-admins:
        - role: admin
      """;

  @Test
  void file_givesGroupsTheirGrants() throws IOException {
    AccessRules rules = AccessReader.read(FILE);

    assertThat(rules.byGroup().get("shop-responders"))
        .containsExactly(
            new Grant(Role.RESPONDER, new Part(Set.of("shop", "shop-staging"), Set.of(), Map.of())),
            new Grant(
                Role.VIEWER,
                new Part(
                    Set.of(), Set.of("gateway"), Map.of("tier", "backend", "cost centre", "17"))));
    assertThat(rules.byGroup().get("platform-admins"))
        .containsExactly(new Grant(Role.ADMIN, Part.EVERYTHING));
  }

  @Test
  void severalGroups_giveAllOfTheirGrants_andUnknownOnesNothing() throws IOException {
    AccessRules rules = AccessReader.read(FILE);
    Origin shop = new Origin("shop", "orders", Map.of());
    Origin bank = new Origin("bank", "orders", Map.of());

    Access one = rules.of(List.of("shop-responders", "unknown"));
    assertThat(one.permits(Role.RESPONDER, shop)).isTrue();
    assertThat(one.permits(Role.VIEWER, bank)).isFalse();
    assertThat(one.highest()).isEqualTo(Role.RESPONDER);

    Access both = rules.of(List.of("shop-responders", "platform-admins"));
    assertThat(both.permits(Role.ADMIN, bank)).isTrue();
    assertThat(both.highest()).isEqualTo(Role.ADMIN);

    assertThat(rules.of(List.of("unknown")).highest()).isNull();
    assertThat(rules.of(List.of("Shop-Responders")).highest()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a: [{role: viewer, namespace: [shop]}]|line 1: 'namespace' is none of role, namespaces",
        "a: [{role: root}]|line 1: role 'root' does not exist; viewer, responder or admin",
        "a: [{role: agent}]|line 1: role agent is not for people",
        "a: [{role: alert}]|line 1: role alert is not for people",
        "a: [{namespaces: [shop]}]|line 1: a grant of group a has no role",
        "a: [{role: viewer, namespaces: []}]|line 1: the list is empty; leave it out",
        "a: [{role: viewer, services: []}]|line 1: the list is empty; leave it out",
        "a: [{role: viewer, labels: {}}]|line 1: it is empty; leave it out",
        "a: [{role: viewer, namespaces: shop}]|line 1: expected a list: namespaces: [shop, bank]",
        "a: [{role: viewer, namespaces: [shop, shop]}]|line 1: 'shop' is given twice",
        "a: [{role: viewer, namespaces: ['']}]|line 1: expected a text",
        "a: [{role: viewer, namespaces: [~]}]|line 1: expected a text",
        "a: [{role: viewer, labels: {tier: }}]|line 1: expected a text",
        "a: [{role: viewer, role: admin}]|line 1: 'role' is given twice",
        "a: {role: viewer}|line 1: expected a list: group a",
        "a: []|line 1: the list is empty",
        "a: viewer|line 1: expected a list: group a",
        "- a|line 1: expected: a group has a list",
        "a: &x [{role: viewer}]|line 1: anchors (&) and aliases (*) are not supported",
        "a: [{role: !!binary aGk=}]|role",
        "''|it has 0 YAML documents",
        "{}|it names no group",
        "a: [|not YAML that can be read",
      })
  void typo_isRefused_withItsLineAndTheRemedy(String yaml, String problem) {
    assertThatThrownBy(() -> AccessReader.read(yaml))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void groupThatIsGivenTwice_isRefused_withTheLineOfTheSecond() {
    assertThatThrownBy(() -> AccessReader.read("a:\n- role: viewer\na:\n- role: admin\n"))
        .hasMessage("line 3: 'a' is given twice; put both together");
  }

  @Test
  void allProblems_areNamedAtOnce() {
    assertThatThrownBy(() -> AccessReader.read("a:\n- role: root\nb:\n- rol: viewer\n"))
        .hasMessageContaining("line 2: role 'root'")
        .hasMessageContaining("line 4: 'rol' is none of")
        .hasMessageContaining("line 4: a grant of group b has no role");
  }

  @Test
  void twoDocuments_areRefused() {
    assertThatThrownBy(() -> AccessReader.read(FILE + "---\n" + FILE))
        .hasMessageContaining("2 YAML documents");
  }

  @Test
  void reload_appliesANewVersion_andKeepsTheEarlierOneIfItIsWrong(@TempDir Path folder)
      throws IOException {
    Path path = folder.resolve("access.yaml");
    Files.writeString(path, FILE);
    AccessFile file = AccessFile.open(path);
    assertThat(file.reload()).isFalse();

    Files.writeString(path, "a:\n- role: viewr\n");
    assertThatThrownBy(file::reload).hasMessageContaining("access file " + path + ": line 2: role");
    assertThat(file.problem()).contains("line 2: role 'viewr'", "stays valid");
    assertThat(file.groups()).isEqualTo(2);

    Files.delete(path);
    assertThatThrownBy(file::reload).hasMessageContaining("no access file");
    assertThat(file.groups()).isEqualTo(2);

    Files.writeString(path, "a:\n- role: viewer\n");
    assertThat(file.reload()).isTrue();
    assertThat(file.problem()).isNull();
    assertThat(file.groups()).isEqualTo(1);
  }
}
