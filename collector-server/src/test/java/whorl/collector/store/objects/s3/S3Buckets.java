package whorl.collector.store.objects.s3;

import java.io.IOException;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import whorl.collector.config.S3Location;

/** Buckets of test servers. */
public final class S3Buckets {
  public static final String ACCESS_KEY = "whorl-tests";
  public static final String SECRET_KEY = "whorl-tests-secret";

  /** Never closed: the SDK waits two seconds for its threads when its last client is closed. */
  @SuppressWarnings("unused")
  private static final SdkAsyncHttpClient LAST_CLIENT = NettyNioAsyncHttpClient.create();

  private S3Buckets() {}

  /** Sets the credentials of the test servers, as the SDK finds them. */
  public static void useTestCredentials() {
    System.setProperty("aws.accessKeyId", ACCESS_KEY);
    System.setProperty("aws.secretAccessKey", SECRET_KEY);
  }

  /** Creates a bucket. */
  public static void create(String endpoint, String bucket, boolean lock) throws IOException {
    useTestCredentials();
    S3Location location = S3Location.parse("s3://" + bucket + "?endpoint=" + endpoint);
    try (S3Connection connection = S3Connection.open(location, S3Limits.DEFAULT)) {
      connection.send(
          "create",
          "",
          client ->
              client.createBucket(
                  create -> create.bucket(bucket).objectLockEnabledForBucket(lock ? true : null)));
    }
  }
}
