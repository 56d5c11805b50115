package whorl.agent.hook.file;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LinksMadeTest {
  private final LinksMade links = new LinksMade();

  @Test
  void mayLead_throughAMadeLink_orItsNewName() {
    links.add("/tmp/a/link", null);

    assertThat(links.mayLead("/tmp/a/link")).isTrue();
    assertThat(links.mayLead("/tmp/a/link/below")).isTrue();
    assertThat(links.mayLead("/tmp/a/link2")).isFalse();
    assertThat(links.mayLead("/tmp/a")).isFalse();

    links.renamed("/tmp/a", "/tmp/b");
    assertThat(links.mayLead("/tmp/b/link")).isTrue();
    links.renamed("/tmp/b/link", "/tmp/c");
    assertThat(links.mayLead("/tmp/c")).isTrue();
  }

  @Test
  void hardTarget_followsARenamedLink() {
    links.add("/tmp/hard", "/etc/shadow");
    links.renamed("/tmp/hard", "/tmp/x");

    assertThat(links.hardTarget("/tmp/x")).isEqualTo("/etc/shadow");
    assertThat(links.hardTarget("/tmp/y")).isNull();
  }

  @Test
  void moreLinksThanAreKept_makeEveryPathSuspicious_andAreCounted() {
    for (int i = 0; i < 300; i++) {
      links.add("/tmp/" + i, null);
    }

    assertThat(links.mayLead("/anything")).isTrue();
    assertThat(links.forgotten()).isEqualTo(44);
  }
}
