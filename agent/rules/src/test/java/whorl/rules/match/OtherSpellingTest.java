package whorl.rules.match;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.event.AgentEvent;
import whorl.event.DecodedText;
import whorl.event.EventType;
import whorl.rules.Events;
import whorl.rules.Rules;
import whorl.rules.engine.RuleSet;

class OtherSpellingTest {
  @Test
  void file_withARealPath_isReadByIt() {
    AgentEvent other =
        OtherSpelling.of(
            Events.event(
                EventType.FILE_LINK, "path", "/a", "target", "b", "realTarget", "/etc/shadow"));

    assertThat(other.value(0)).isEqualTo("/a");
    assertThat(other.value(1)).isEqualTo("/etc/shadow");
    assertThat(OtherSpelling.of(Events.open("/a"))).isNull();
    assertThat(OtherSpelling.of(Events.event(EventType.FILE_DELETE, "path", "/a"))).isNull();
  }

  @Test
  void request_isReadDecoded() {
    AgentEvent other =
        OtherSpelling.of(
            Events.event(
                EventType.HTTP_REQUEST, "path", "/a;x=1/%2e%2e/b", "query", "c%6dd=who%61mi+x"));

    assertThat(other.value(EventType.HTTP_REQUEST.indexOf("path"))).isEqualTo("/a/../b");
    assertThat(other.value(EventType.HTTP_REQUEST.indexOf("query"))).isEqualTo("cmd=whoami x");
    assertThat(OtherSpelling.of(Events.event(EventType.HTTP_REQUEST, "path", "/a"))).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "%41,A",
    "%2541,A",
    "%252541,A",
    "%25252541,%41",
    "100%,100%",
    "%4,%4",
    "%zz,%zz",
    "%c3%a9,é",
    "%24%7Bjndi,${jndi",
    "a+b,a b",
  })
  void text_isDecodedAsOftenAsItWasEncoded(String text, String expected) {
    assertThat(DecodedText.of(text)).isEqualTo(expected);
  }

  /** An exception for one spelling does not excuse the other. */
  @Test
  void rule_whoseFilterMatchesTheWrittenPath_matchesTheRealPath() {
    RuleSet rules =
        RuleSet.parse(
            Rules.yaml(
                "keys",
                "file_event",
                """
                selection:
                  path|endswith: '.jks'
                filter:
                  path|endswith: '/truststore.jks'
                condition: selection and not filter
                """),
            "test.yml");

    AgentEvent event =
        Events.event(EventType.FILE_OPEN, "path", "/tmp/truststore.jks", "realPath", "/k/own.jks");

    assertThat(rules.matching(event)).hasSize(1);
  }
}
