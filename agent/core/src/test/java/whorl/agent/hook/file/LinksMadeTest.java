package whorl.agent.hook.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LinksMadeTest {
  private final Set<String> existing = new HashSet<>();
  private final LinksMade links = new LinksMade(existing::contains);

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
  void hardTarget_removedLink_isForgotten_andTheNameStaysSuspicious() {
    links.add("/tmp/hard", "/tmp/harmless");
    links.removed("/tmp/hard");
    links.add("/tmp/hard", null);

    assertThat(links.hardTarget("/tmp/hard")).isNull();
    assertThat(links.mayLead("/tmp/hard")).isTrue();
  }

  @Test
  void hardTarget_nameThatWasGivenAgainMeanwhile_stays() {
    links.add("/tmp/hard", "/etc/shadow");
    existing.add("/tmp/hard");
    links.removed("/tmp/hard");

    assertThat(links.hardTarget("/tmp/hard")).isEqualTo("/etc/shadow");
  }

  @Test
  void hardTarget_removedFolder_isForgotten() {
    links.add("/tmp/a/hard", "/tmp/harmless");
    links.add("/tmp/ab", "/tmp/other");
    links.removed("/tmp/a");

    assertThat(links.hardTarget("/tmp/a/hard")).isNull();
    assertThat(links.hardTarget("/tmp/ab")).isEqualTo("/tmp/other");
  }

  @Test
  void hardTarget_nameThatIsReplaced_isThatOfTheNewFile() {
    links.add("/tmp/hard", "/tmp/harmless");
    links.add("/tmp/hard", "/etc/shadow");
    assertThat(links.hardTarget("/tmp/hard")).isEqualTo("/etc/shadow");

    links.renamed("/tmp/plain", "/tmp/hard");
    assertThat(links.hardTarget("/tmp/hard")).isNull();
  }

  @Test
  void hardTarget_renamedToAnotherNameOfTheSameFile_stays() {
    links.add("/tmp/hard", "/etc/shadow");
    existing.add("/tmp/hard");
    existing.add("/etc/shadow");

    links.renamed("/tmp/hard", "/tmp/hard");
    links.renamed("/etc/shadow", "/tmp/hard");

    assertThat(links.hardTarget("/tmp/hard")).isEqualTo("/etc/shadow");
  }

  @Test
  void hardTarget_oldNameOfARenamedLink_isForgotten() {
    links.add("/tmp/a/hard", "/tmp/harmless");
    links.renamed("/tmp/a", "/tmp/b");

    assertThat(links.hardTarget("/tmp/b/hard")).isEqualTo("/tmp/harmless");
    assertThat(links.hardTarget("/tmp/a/hard")).isNull();
  }

  @Test
  void moreLinksThanAreKept_makeEveryPathSuspicious_andAreCounted() {
    for (int i = 0; i < 300; i++) {
      links.add("/tmp/" + i, null);
    }

    assertThat(links.mayLead("/anything")).isTrue();
    assertThat(links.forgotten()).isEqualTo(44);
  }

  @Test
  void hardTarget_afterMoreSymbolicLinksThanAreKept_isKnown() {
    for (int i = 0; i < 300; i++) {
      links.add("/tmp/" + i, null);
    }
    links.add("/tmp/hard", "/etc/shadow");

    assertThat(links.hardTarget("/tmp/hard")).isEqualTo("/etc/shadow");
    assertThat(links.mayLead("/tmp/0")).isTrue();
  }

  @Test
  void linksThatAreMadeAgain_takeNoFurtherEntry() {
    for (int i = 0; i < 300; i++) {
      links.add("/tmp/hard", "/tmp/" + i);
      links.removed("/tmp/hard");
    }

    assertThat(links.mayLead("/anything")).isFalse();
  }
}
