package whorl.rules.logsource;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.rules.Events;
import whorl.rules.engine.ArmedRules;
import whorl.rules.engine.RuleSet;

/** Rules of other products for applications and web servers, and what all rules of others do. */
class RulesOfOthersTest extends RulesOfOthersFixture {
  private static final String WEB = "{category: webserver}";

  private static AgentEvent printed(String line) {
    return Events.event(EventType.CONSOLE, "stream", "err", "line", line);
  }

  private static AgentEvent request(String method, String path, String query) {
    return Events.event(
        EventType.HTTP_REQUEST,
        "method",
        method,
        "path",
        path,
        "query",
        query,
        "remoteAddress",
        "10.1.2.3",
        "status",
        200,
        "server",
        "tomcat");
  }

  @Test
  void application_keywordsAreFoundInLinesOfTheConsole() {
    for (String product : List.of("jvm", "spring", "velocity")) {
      RuleSet set =
          set(
              "{product: " + product + ", category: application}",
              "keywords:\n  - 'BadThingException'\n  - 'cannot start'\ncondition: keywords");

      assertThat(matches(set, printed("WARN x.y.BadThingException: no"))).isTrue();
      assertThat(matches(set, printed("it CANNOT START now"))).isTrue();
      assertThat(matches(set, printed("all is well"))).isFalse();
      assertThat(matches(set, Events.open("/BadThingException"))).isFalse();
      assertThat(matches(set, request("GET", "/BadThingException", ""))).isFalse();
    }
  }

  @Test
  void application_requestOfTheLineIsNotSearchedForKeywords() {
    RuleSet set = set(JVM, "keywords: [invoices]\ncondition: keywords");

    assertThat(
            matches(
                set,
                Events.onRequest(
                    EventType.CONSOLE, Events.request("r"), "stream", "out", "line", "x")))
        .isFalse();
  }

  @Test
  void application_allKeywordsMustBeInOneLine() {
    RuleSet set = set(JVM, "k:\n  '|all':\n    - 'Missing'\n    - '/../../'\ncondition: k");

    assertThat(matches(set, printed("FileMissing: /app/../../etc/x"))).isTrue();
    assertThat(matches(set, printed("FileMissing: /app/x"))).isFalse();
    assertThat(matches(set, printed("/../../"))).isFalse();
  }

  @Test
  void application_fieldsOfTheLineAndOfItsRequest() {
    RuleSet set =
        set(JVM, "s:\n  stream: err\n  line|re: 'x+y'\n  request.method: GET\ncondition: s");

    AgentEvent event =
        Events.onRequest(EventType.CONSOLE, Events.request("r"), "stream", "err", "line", "an xxy");
    assertThat(matches(set, event)).isTrue();
    assertThat(matches(set, printed("an xxy"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    // the query's name is used for the whole URI as well
    "cs-uri-query|contains: cmd=read, /a, cmd=read, true",
    "cs-uri-query|contains: ../../etc/, /x/../../etc/hosts, '', true",
    "cs-uri-query|endswith: /util/bash, /mgmt/util/bash, '', true",
    "cs-uri-query|endswith: /util/bash, /mgmt/util/bash, a=b, false",
    "cs-uri-query|startswith: cmd=, /a, cmd=read, true",
    "cs-uri-query: a=b, /a, a=b, true",
    "cs-uri-query: /a?a=b, /a, a=b, true",
    "cs-uri-query|contains: /a\\?a=b, /a, a=b, true",
    "cs-uri-query|re: a\\?a=b$, /a, a=b, true",
    "cs-uri-stem|contains: cmd, /a, cmd=read, false",
    "cs-uri-stem|endswith: .jsp, /a.jsp, cmd=read, true",
    "c-uri|contains: .jsp\\?cmd=, /a.jsp, cmd=read, true",
    "c-uri|contains: jspx\\?, /a.jsp, cmd=jspx?, true",
    "c-uri: /a.jsp, /a.jsp, cmd=read, false",
    "'c-uri-extension: [jsp, jspx]', /a/b.jspx, x=.gif, true",
    "c-uri-extension: jsp, /a.jsp/b, '', false",
    "c-uri-extension: jsp, /a.gif, x=.jsp, false",
    "'cs-method: [GET, PUT]', /, '', true",
    "cs-method: POST, /, '', false",
    "sc-status: 200, /, '', true",
    "'sc-status: [404, 500]', /, '', false",
    "sc-status|gte: 200, /, '', true",
    "c-ip|cidr: 10.0.0.0/8, /, '', true",
    "src_ip: 10.1.2.3, /, '', true",
    "cs-user-agent: null, /, '', true",
    "'''|contains'': ''GET /a.jsp\\?cmd''', /a.jsp, cmd=x, true",
    "'''|contains'': tomcat', /, '', false",
  })
  void webserver(String line, String path, String query, boolean matching) {
    assertThat(matches(line(WEB, line), request("GET", path, query))).isEqualTo(matching);
  }

  @Test
  void webserver_userAgentAndKeywordsInIt() {
    AgentEvent scan =
        Events.event(
            EventType.HTTP_REQUEST, "method", "GET", "path", "/", "userAgent", "ScanIt/1.0");

    assertThat(matches(line(WEB, "cs-user-agent|contains: 'scanit/'"), scan)).isTrue();
    assertThat(matches(line(WEB, "c-useragent: null"), scan)).isFalse();
    assertThat(matches(set(WEB, "k: ['scanit/1']\ncondition: k"), scan)).isTrue();
  }

  /** Texts across the blank and the question mark of a request's line, long and short. */
  @ParameterizedTest
  @CsvSource({
    "'GET /a', true",
    "'T /abc', true",
    "'ET /', true",
    "'GET *d', true",
    "' /ab', true",
    "'/abc\\?de', true",
    "'bc\\?de f', true",
    "'c\\?d', true",
    "'T /abc\\?de fg', true",
    "'de fgh', true",
    "'e f', true",
    "'fghi', true",
    "'GET  /', false",
    "'abc de', false",
    "'abcde', false",
    "'POST /abc', false",
  })
  void webserver_textAcrossPartsOfTheLine(String text, boolean matching) {
    RuleSet set = set(WEB, "k: ['" + text + "']\ncondition: k");

    assertThat(matches(set, request("GET", "/abc", "de fghi"))).isEqualTo(matching);
  }

  @Test
  void webserver_keywordsAreFoundAsSentAndDecoded() {
    RuleSet set =
        set(
            WEB,
            "m:\n  cs-method: GET\nk:\n  - '=<script>'\n  - ' onload='\n  - '=net+user'\n"
                + "filter:\n  sc-status: 404\ncondition: m and k and not filter");

    assertThat(matches(set, request("GET", "/a", "q=%3Cscript%3E"))).isTrue();
    assertThat(matches(set, request("GET", "/a", "q=%3Cb%20onload=x"))).isTrue();
    assertThat(matches(set, request("GET", "/a", "q=net+user"))).isTrue();
    assertThat(matches(set, request("POST", "/a", "q=net+user"))).isFalse();
    assertThat(matches(set, request("GET", "/script", "a=b"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "a, true, false",
    "a or user, true, false",
    "a and user, refused, refused",
    "a and not user, refused, refused",
    "not user, refused, refused",
    "user or not user, refused, refused",
    "1 of them, true, false",
    "all of them, refused, refused",
    "a and not (user and b), true, false",
    "a and not (user or b), refused, refused",
    "not (user and b), true, true",
    "a and (user or b), false, false",
    "(a or user) and (b or not user), false, false",
  })
  void unknownField_matchesOnlyWhereItMakesNoDifference(
      String condition, String ofA, String ofNone) {
    String detection =
        "a:\n  CommandLine|contains: aaa\nb:\n  CommandLine|contains: bbb\n"
            + "user:\n  User: root\ncondition: "
            + condition;
    if (ofA.equals("refused")) {
      assertThat(problem(PROCESS, detection))
          .endsWith("'other': needs User, which a JVM cannot see");
      return;
    }
    RuleSet set = set(PROCESS, detection);

    assertThat(matches(set, started("x aaa"))).isEqualTo(ofA.equals("true"));
    assertThat(matches(set, started("x"))).isEqualTo(ofNone.equals("true"));
    List<String> unknown = condition.equals("a") ? List.of() : List.of("User");
    assertThat(set.rules().get(0).unknownFields()).containsExactlyElementsOf(unknown);
    assertThat(set.warnings())
        .filteredOn(line -> !line.contains("its condition does not use"))
        .hasSize(unknown.size());
  }

  @Test
  void unknownField_isNamedInAWarning() {
    assertThat(
            set(PROCESS, "a:\n  Image: /x\nu:\n  User: root\n  LogonId: 0\ncondition: a or u")
                .warnings())
        .containsExactly(
            "rule 'other': matches only where it does not depend on User, LogonId, which a JVM"
                + " cannot see");
  }

  @ParameterizedTest
  @CsvSource({
    "User: null",
    "User|exists: false",
    "User|neq: root",
    "CommandLine|fieldref: User",
    "User|re: .*",
    "ParentImage|startswith: /opt/",
    "ParentImage|contains: tomcat",
    "ParentImage|re: .*/java",
    "CommandLine|fieldref: ParentImage",
  })
  void unknownField_ofAnyCondition_decidesNothing(String line) {
    assertThat(problem(PROCESS, "s:\n  " + line + "\ncondition: s"))
        .contains(line.contains("User") ? "needs User" : "needs ParentImage");
    assertThat(problem(PROCESS, "s:\n  " + line + "\ncondition: not s")).contains("needs ");
  }

  @Test
  void unknownField_withABadModifier_isRefusedForThat() {
    assertThat(problem(PROCESS, "s:\n  User|expand: '%a%'\ncondition: s")).contains("'expand'");
  }

  @Test
  void ownNamesAreNoNamesOfOthers() {
    assertThat(problem(PROCESS, "s:\n  command: x\ncondition: s")).contains("needs command");
    assertThat(
            problem("{product: jvm, category: process_creation}", "s:\n  Image: x\ncondition: s"))
        .contains("no event of this category has the field 'Image'");
  }

  @Test
  void correlations_countRulesOfOthersByTheirFields() {
    RuleSet set =
        RuleSet.parse(
            "title: c\nname: c\nlogsource: {category: webserver}\n"
                + "detection: {s: {sc-status: 404}, condition: s}\n---\n"
                + "title: many\ncorrelation:\n  type: event_count\n  rules: [c]\n"
                + "  group-by: [c-ip]\n  timespan: 1m\n  condition: {gte: 10}\n",
            "c.yml");

    assertThat(set.problems()).isEmpty();
    assertThat(set.correlations()).hasSize(1);
  }

  @Test
  void manyRules_allocateNothingForAnEventThatNoneMeans() {
    List<String> keywords = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      keywords.add("  - 'com.evil.Number" + i + "Exception'");
    }
    RuleSet set = set(JVM, "k:\n" + String.join("\n", keywords) + "\ncondition: k");
    ArmedRules armed = new ArmedRules(set, 4);
    AgentEvent line = printed("12:00:01 INFO c.s.Shop - 17 orders were packed and sent");
    for (int i = 0; i < 20_000; i++) {
      armed.evaluate(line, (rule, event) -> {});
    }
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 1_000; i++) {
      armed.evaluate(line, (rule, event) -> {});
    }

    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(100_000);
  }
}
