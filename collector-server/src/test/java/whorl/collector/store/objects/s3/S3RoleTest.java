package whorl.collector.store.objects.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import whorl.collector.config.S3Location;
import whorl.collector.testkit.HttpReceiver;

/** The bucket's credentials come from a role. */
class S3RoleTest {
  private static final String ROLE = "arn:aws:iam::111122223333:role/whorl";
  private static final String ANSWER =
      "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
          + "<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ROLEKEY</AccessKeyId>"
          + "<SecretAccessKey>rolesecret</SecretAccessKey><SessionToken>session</SessionToken>"
          + "<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>"
          + "</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>";

  @TempDir Path folder;
  private final Map<String, String> before = new HashMap<>();
  private FakeS3 s3;
  private HttpReceiver sts;

  @BeforeEach
  void open() throws IOException {
    s3 = new FakeS3();
    sts = HttpReceiver.start();
    sts.answer = ANSWER;
    Path token = Files.writeString(folder.resolve("token"), "eyJ.web.identity");
    set("aws.accessKeyId", null);
    set("aws.secretAccessKey", null);
    set("aws.webIdentityTokenFile", token.toString());
    set("aws.roleArn", ROLE);
    set("aws.region", "eu-west-1");
    set("aws.endpointUrlSts", sts.url());
  }

  @AfterEach
  void close() {
    before.forEach(S3RoleTest::property);
    s3.close();
    sts.close();
  }

  /** As IRSA of EKS gives it to a pod. */
  @Test
  void webIdentityToken_isExchangedForTheKeysOfItsRole() throws IOException {
    S3Location location = S3Location.parse("s3://bucket?endpoint=" + s3.endpoint());
    try (S3Connection connection = S3Connection.open(location, S3Limits.DEFAULT)) {
      connection.send(
          "put",
          "key",
          client ->
              client.putObject(
                  put -> put.bucket("bucket").key("key"), AsyncRequestBody.fromString("x")));
    }

    assertThat(sts.posts).hasSize(1);
    assertThat(new String(sts.posts.get(0).body(), StandardCharsets.UTF_8))
        .contains("Action=AssumeRoleWithWebIdentity", "eyJ.web.identity");
    assertThat(s3.put.get("Authorization")).contains("Credential=ROLEKEY/");
    assertThat(s3.put).containsEntry("x-amz-security-token", "session");
  }

  private void set(String name, String value) {
    before.put(name, System.getProperty(name));
    property(name, value);
  }

  private static void property(String name, String value) {
    if (value == null) {
      System.clearProperty(name);
    } else {
      System.setProperty(name, value);
    }
  }
}
