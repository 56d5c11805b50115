package whorl.agent.redact;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What other text around a secret does to it: joined commands, paths, quotes, queries. */
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
        // A command in quotes, as of a thread's name.
        "\"curl -ujoe:SECRET https://h/\" #12 daemon prio=5",
        "sh -c 'mysql -pSECRET shop'",
        // Path makes one slash of two.
        "https:/joe:SECRET@db.example/x",
        "redis:/:SECRET@cache:6379/0",
        // Options that set a property.
        "-Dkey=SECRET",
        "-Dsid=SECRET",
        "-J-Dapi.key=SECRET",
        // After the sign of a query.
        "http://127.0.0.1:1/x.jar?root:SECRET@tcp(db:3306)/shop",
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
        "-Dsort.key=name",
        "it's the mysql server's \"port\" that is closed",
        "/opt/application/lib/x86/com/example/Shop2/Order",
        "jdbc:sqlite:/var/lib/shop/orders.db",
        "https:/h.example/a/b@2x.png",
      })
  void text_ordinaryAmongOtherText_isTheSame(String text) {
    assertThat(redactor.text(text)).isSameAs(text);
  }
}
