package whorl.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static whorl.rules.Events.event;
import static whorl.rules.Events.open;
import static whorl.rules.Rules.line;
import static whorl.rules.Rules.lineProblem;
import static whorl.rules.Rules.rule;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.event.RequestContext;
import whorl.rules.match.Rule;

/** The meaning of one line of a selection. */
class SigmaValuesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/etc/passwd       | /etc/passwd      | true",
        "/etc/passwd       | /ETC/Passwd      | true",
        "/etc/passwd       | /etc/passwd2     | false",
        "/etc/passwd       | x/etc/passwd     | false",
        "/etc/*            | /etc/passwd      | true",
        "/etc/*            | /etc/            | true",
        "/etc/*            | /etc             | false",
        "*/passwd          | /etc/passwd      | true",
        "*/passwd          | /etc/passwd/     | false",
        "*etc*             | /etc/x           | true",
        "/e?c/x            | /etc/x           | true",
        "/e?c/x            | /ec/x            | false",
        "/a*b*c            | /a-b-c           | true",
        "/a*b*c            | /abbbcc          | true",
        "/a*b*c            | /a-c-b           | false",
        "/aa*aa            | /aaa             | false",
        "/aa*aa            | /aaaa            | true",
        "*a?c*             | xxaacabcxx       | true",
        "*a?c*             | xxacxx           | false",
        "*                 | /anything        | true",
        "**                | /anything        | true",
        "/É/ß              | /é/ß             | true",
        "/ß                | /SS              | false",
        "/K                | /\u212a          | true",
        "*ıx*              | /aix             | true",
      })
  void text_wildcardsAndCase(String value, String path, boolean matches) {
    assertThat(line("path: '" + value + "'").matches(open(path))).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "/a\\b       | /a\\b      | true",
        "/a\\\\b     | /a\\b      | true",
        "/a\\*       | /a*        | true",
        "/a\\*       | /ab        | false",
        "/a\\?       | /a?        | true",
        "/a\\?       | /ab        | false",
        "/a\\\\*     | /a\\bc     | true",
        "/a\\\\*     | /a*        | false",
        "/a\\\\\\*   | /a\\*      | true",
        "/a\\\\\\*   | /a\\b      | false",
        "/a\\\\\\\\b | /a\\\\b    | true",
        "/a\\\\\\b   | /a\\\\b    | true",
        "/a\\        | /a\\       | true",
      })
  void text_escapesAsSpecified(String value, String path, boolean matches) {
    assertThat(line("path: '" + value + "'").matches(open(path))).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "path|contains: PASS;/etc/passwd;true",
        "path|contains: pass;/etc/group;false",
        "path|contains: 'p*w';/etc/passwd;true",
        "path|contains: 'p?w';/etc/passwd;false",
        "path|startswith: /ETC;/etc/passwd;true",
        "path|startswith: etc;/etc/passwd;false",
        "path|endswith: WD;/etc/passwd;true",
        "path|endswith: pass;/etc/passwd;false",
        "path|contains|cased: PASS;/etc/passwd;false",
        "path|contains|cased: pass;/etc/passwd;true",
        "path|cased: /etc/Passwd;/etc/passwd;false",
        "path|cased: /etc/p*d;/etc/passwd;true",
        "path|contains|all: [c/p,wd];/etc/passwd;true",
        "path|contains|all: [c/p,no];/etc/passwd;false",
        "path|contains: [no,wd];/etc/passwd;true",
        "path|neq: /etc/passwd;/etc/passwd;false",
        "path|neq: /etc/passwd;/etc/group;true",
        "path|contains|neq: [a,b];/xyz;true",
        "path|contains|neq: [a,b];/xyb;false",
        "path|re: '^/etc/[a-z]{6}$';/etc/passwd;true",
        "path|re: 'PASS';/etc/passwd;false",
        "path|re|i: 'PASS';/etc/passwd;true",
        "path|re: 'tc';/etc/passwd;true",
        "path|windash|contains: ' -x';run /x;true",
        "path|windash|contains: ' -x';run –x;true",
        "path|contains|windash: ' /x';run -x;true",
        "path|windash|contains: 'a-x';run a/x;false",
        "path|base64: 'foo';Zm9v;true",
        "path|base64|contains: 'foo';/Zm9v/;true",
        "path|wide|base64: 'foo';ZgBvAG8A;true",
        "path|utf16le|base64: 'foo';ZgBvAG8A;true",
        "path|utf16be|base64: 'foo';AGYAbwBv;true",
        "path|utf16|base64: 'foo';//5mAG8AbwA=;true",
      })
  void modifiers(String line, String path, boolean matches) {
    assertThat(line(line).matches(open(path))).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({"http://evil/", "xhttp://evil/", "xyhttp://evil/", "xyzhttp://evil/more"})
  void base64offset_findsTheValueAtEveryOffset(String hidden) {
    Rule rule = line("path|base64offset|contains: 'http://evil'");
    String encoded =
        java.util.Base64.getEncoder()
            .encodeToString(hidden.getBytes(java.nio.charset.StandardCharsets.UTF_8));

    assertThat(rule.matches(open("/tmp/" + encoded))).isTrue();
    assertThat(rule.matches(open("/tmp/" + encoded.substring(5)))).isFalse();
  }

  /** Of one byte nothing is left at one of the offsets, and nothing is in every text. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "path|base64offset: ''",
        "path|base64offset: a",
        "path|base64offset|contains: a",
        "path|base64offset|startswith|neq: [http://evil, a]",
        "path|wide|base64offset: ''",
      })
  void base64offset_ofLessThanTwoBytes_isRefused(String line) {
    assertThat(lineProblem(line))
        .contains("rule 'a rule': ", "base64offset needs a text of at least 2 bytes, not '");
  }

  @Test
  void base64offset_ofTwoBytes_isFoundAtEveryOffset() {
    Rule rule = line("path|base64offset|contains|cased: sh");

    for (String before : List.of("", "x", "xy")) {
      byte[] hidden = (before + "sh").getBytes(java.nio.charset.StandardCharsets.UTF_8);
      String encoded = java.util.Base64.getEncoder().encodeToString(hidden);
      assertThat(rule.matches(open("/tmp/" + encoded))).as(encoded).isTrue();
    }
    assertThat(rule.matches(open("/etc/passwd"))).isFalse();
  }

  @Test
  void wide_withoutBase64_putsZeroBytesBetween() {
    assertThat(line("path|wide|contains: 'sh'").matches(open("/x s\0h\0"))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3, 10.0.0.0/8, true",
    "11.1.2.3, 10.0.0.0/8, false",
    "10.1.2.3, 10.1.2.3, true",
    "10.1.2.4, 10.1.2.3/32, false",
    "192.168.1.130, 192.168.1.128/25, true",
    "192.168.1.127, 192.168.1.128/25, false",
    "1.2.3.4, 0.0.0.0/0, true",
    "fd00:ec2::254, fd00:ec2::254/128, true",
    "fd00:ec2:0:0:0:0:0:254, fd00:ec2::254/128, true",
    "fd00:ec2::255, fd00:ec2::254/128, false",
    "fe80::1%eth0, fe80::/10, true",
    "'[::1]', ::1/128, true",
    "::ffff:10.1.2.3, 10.0.0.0/8, true",
    "1.2.3.4, ::/0, true",
    "::1, 0.0.0.0/0, false",
    "metadata.google.internal, 0.0.0.0/0, false",
    "1.2.3, 0.0.0.0/0, false",
    "1.2.3.4.5, 0.0.0.0/0, false",
    "1.2.3.256, 0.0.0.0/0, false",
    "1:2:3:4:5:6:7:8:9, ::/0, false",
    "1::2::3, ::/0, false",
    ":::, ::/0, false",
  })
  void cidr(String address, String network, boolean matches) {
    Rule rule =
        rule(
            "network_connection",
            "selection:\n  address|cidr: '" + network + "'\ncondition: selection");

    assertThat(rule.matches(event(EventType.SOCKET_CONNECT, "address", address)))
        .isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({
    "port: 443, 443, true",
    "port: '443', 443, true",
    "port: '44*', 443, true",
    "port: 443, 8443, false",
    "port|lt: 1024, 1023, true",
    "port|lt: 1024, 1024, false",
    "port|lte: 1024, 1024, true",
    "port|gt: 1024, 1024, false",
    "port|gt: 1024, 1025, true",
    "port|gte: 1024, 1024, true",
    "port|gte: 1023.5, 1024, true",
    "port|neq: 443, 443, false",
    "'port: [80, 443]', 443, true",
    "port|contains: 44, 8443, true",
    "port: 0x1bb, 443, true",
  })
  void numbers(String line, long port, boolean matches) {
    Rule rule = rule("network_connection", "selection:\n  " + line + "\ncondition: selection");

    assertThat(rule.matches(event(EventType.SOCKET_CONNECT, "port", port))).isEqualTo(matches);
    assertThat(rule.matches(event(EventType.SOCKET_CONNECT, "port", (int) port)))
        .isEqualTo(matches);
  }

  @Test
  void booleans() {
    AgentEvent created = Events.written("/x");

    assertThat(line("created: true").matches(created)).isTrue();
    assertThat(line("created: false").matches(created)).isFalse();
    assertThat(line("created: 'TRUE'").matches(created)).isTrue();
  }

  @Test
  void lists_oneElementIsEnough() {
    Rule rule =
        rule("dns_query", "selection:\n  addresses|startswith: '10.'\ncondition: selection");

    assertThat(rule.matches(event(EventType.DNS_LOOKUP, "addresses", List.of("1.2.3.4", "10.1"))))
        .isTrue();
    assertThat(rule.matches(event(EventType.DNS_LOOKUP, "addresses", List.of("1.2.3.4"))))
        .isFalse();
    assertThat(rule.matches(event(EventType.DNS_LOOKUP))).isFalse();
  }

  @Test
  void null_meansAbsent_emptyMeansEmpty() {
    AgentEvent absent = event(EventType.FILE_OPEN, "access", "read");
    AgentEvent empty = open("");
    AgentEvent full = open("/x");

    assertThat(line("path: null").matches(absent)).isTrue();
    assertThat(line("path:").matches(absent)).isTrue();
    assertThat(line("path: null").matches(empty)).isFalse();
    assertThat(line("path: ''").matches(absent)).isFalse();
    assertThat(line("path: ''").matches(empty)).isTrue();
    assertThat(line("path: ''").matches(full)).isFalse();
    assertThat(line("path: [null, '']").matches(absent)).isTrue();
    assertThat(line("path: [null, '']").matches(empty)).isTrue();
    assertThat(line("path: [null, '']").matches(full)).isFalse();
  }

  @Test
  void exists_requiresAValue() {
    AgentEvent renamed = event(EventType.FILE_RENAME, "path", "/a", "target", "/b");

    assertThat(line("target|exists: true").matches(renamed)).isTrue();
    assertThat(line("target|exists: false").matches(renamed)).isFalse();
    assertThat(line("target|exists: true").matches(open("/a"))).isFalse();
    assertThat(line("target|exists: false").matches(open("/a"))).isTrue();
  }

  @Test
  void fieldref_comparesTwoFieldsOfOneEvent() {
    AgentEvent sibling = event(EventType.FILE_RENAME, "path", "/a*", "target", "/A*.bak");
    AgentEvent other = event(EventType.FILE_RENAME, "path", "/a", "target", "/b");
    AgentEvent same = event(EventType.FILE_RENAME, "path", "/a", "target", "/a");

    assertThat(line("target|fieldref: path").matches(same)).isTrue();
    assertThat(line("target|fieldref: path").matches(other)).isFalse();
    assertThat(line("target|fieldref|neq: path").matches(other)).isTrue();
    assertThat(line("target|fieldref|startswith: path").matches(sibling)).isTrue();
    assertThat(line("target|fieldref|startswith|cased: path").matches(sibling)).isFalse();
    assertThat(line("target|fieldref|startswith: path").matches(other)).isFalse();
    assertThat(line("target|fieldref: path").matches(open("/a"))).isFalse();
  }

  @Test
  void event_isTheShortNameAndTheFull() {
    assertThat(line("event: FileOpen").matches(open("/x"))).isTrue();
    assertThat(line("event: whorl.fileopen").matches(open("/x"))).isTrue();
    assertThat(line("event: FileDelete").matches(open("/x"))).isFalse();
    assertThat(line("event|neq: FileOpen").matches(open("/x"))).isFalse();
  }

  @Test
  void request_fieldsAreThoseOfTheRequestOnTheThread() {
    AgentEvent onRequest =
        Events.onRequest(
            EventType.FILE_OPEN, new RequestContext("r1", "POST", "/admin/x", "10.0.0.9"));
    Rule rule = line("request.method: post\nrequest.path|startswith: /admin");

    assertThat(rule.matches(onRequest)).isTrue();
    assertThat(rule.matches(open("/x"))).isFalse();
    assertThat(line("request.id: null").matches(open("/x"))).isTrue();
    assertThat(line("request.remoteAddress|cidr: 10.0.0.0/8").matches(onRequest)).isTrue();
  }

  @Test
  void thread_isTheThreadsName() {
    assertThat(line("thread|startswith: 'http-'").matches(open("/x"))).isTrue();
    assertThat(line("thread: main").matches(open("/x"))).isFalse();
  }

  @Test
  void stack_isTextWithOneFrameALine() {
    AgentEvent event =
        Events.withStack(EventType.FILE_OPEN, List.of("java.io.Reader.open", "com.shop.View.get"));

    assertThat(line("stack|contains: 'com.shop.view'").matches(event)).isTrue();
    assertThat(line("stack|contains|all: ['Reader.open', 'View.get']").matches(event)).isTrue();
    assertThat(line("stack|contains: 'com.shop.Edit'").matches(event)).isFalse();
    assertThat(line("stack|re|m: '^com[.]shop.*$'").matches(event)).isTrue();
    assertThat(line("stack|re|s: 'Reader.*View'").matches(event)).isTrue();
    assertThat(line("stack|re: 'Reader.*View'").matches(event)).isFalse();
    assertThat(line("stack|exists: true").matches(event)).isTrue();
    assertThat(line("stack|exists: true").matches(open("/x"))).isFalse();
  }

  @Test
  void stack_isTakenOnlyWhenNothingElseDecides() {
    Rule rule =
        Rules.fileRule(
            """
            frames:
              stack|contains: nothing
            selection:
              stack|contains: nothing
              path: /secret
            filter:
              access: write
            condition: (frames or selection) and not filter and selection
            """);
    AgentEvent other = Events.onRequest(EventType.FILE_OPEN, null, "path", "/x", "access", "read");
    AgentEvent secret =
        Events.onRequest(EventType.FILE_OPEN, null, "path", "/secret", "access", "read");

    assertThat(rule.matches(other)).isFalse();
    assertThat(other.hasStack()).isFalse();
    assertThat(rule.matches(secret)).isFalse();
    assertThat(secret.hasStack()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pfad: x                        ; no event of this category has the field 'pfad'; there are"
            + " path, access, created, failed, realPath, repeated, target, realTarget, mode,"
            + " folder, attribute, value, operation, found, event, thread, stack, request.id,"
            + " request.method, request.path, request.query, request.remoteAddress,"
            + " request.startedBy",
        "path|expand: '%x%'             ; modifier 'expand' is not supported",
        "path|hour: 3                   ; no field is a date",
        "path|near: x                   ; modifier 'near' is not supported; these are: all,",
        "path|re|contains: x            ; contains, startswith, endswith and cased are for texts",
        "path|contains|startswith: x    ; modifiers exclude each other: contains, startswith",
        "event: FileOpened              ; no event of this category is called 'FileOpened'; there"
            + " are FileOpen, FileDelete,",
        "event: ProcessStart            ; no event of this category is called 'ProcessStart'",
        "event: [FileOpen, Opened]      ; no event of this category is called 'Opened'",
        "path|re|cidr: x                ; modifiers exclude each other",
        "path|i: x                      ; stands after 're' only",
        "path|re: '('                   ; not a regular expression: '('",
        "path|cidr: '10.0.0.0/33'       ; not a network such as 10.0.0.0/8: '10.0.0.0/33'",
        "path|cidr: 'host'              ; not a network",
        "path|lt: x                     ; not a number that can be compared: 'x'",
        "path|exists: 1                 ; 'exists' wants true or false",
        "path|fieldref: nix             ; has the field 'nix'",
        "path|fieldref: 3               ; 'fieldref' wants a field's name",
        "path|contains: ''              ; an empty text is in every text",
        "path|contains: null            ; null stands alone",
        "path|contains|base64: x        ; stands before contains",
        "path|base64|wide: x            ; cannot follow base64",
        "path|wide|utf16: x             ; cannot follow another UTF-16",
        "path|base64: 'a*'              ; a text with wildcards cannot be encoded",
        "path|windash|base64: '-x'      ; windash cannot be joined with an encoding",
        "path: []                       ; a field has 0 values",
        "path: [[x]]                    ; not a text or a number",
        "path: {a: b}                   ; not a text or a number",
      })
  void refused_byName(String lineAndProblem) {
    String[] parts = lineAndProblem.split(" *; ", 2);

    assertThat(lineProblem(parts[0]))
        .startsWith("test.yml: rule 'a rule': detection.selection: ")
        .contains(parts[1]);
  }
}
