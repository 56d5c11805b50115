package whorl.collector.store.objects.s3;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.config.S3Location;

/**
 * On Ceph's gateway 18 without a cluster: a real server, which in this form answers requests for
 * ranges, and for objects of several parts, with other bytes than were written.
 */
class RadosgwTest {
  @TempDir static Path folder;
  private static S3Server server;

  @BeforeAll
  static void startServer() throws IOException {
    assumeTrue(
        S3Server.works("radosgw", "--version"),
        "radosgw is not installed: not tested with Ceph's gateway");
    int port = S3Server.freePort();
    Path data = Files.createDirectory(folder.resolve("data"));
    Path settings =
        Files.write(
            folder.resolve("ceph.conf"),
            List.of(
                "[global]",
                "fsid = 6a1f0f4e-6f0e-4a6e-9d5e-2d1f6a5a1c11",
                "auth_cluster_required = none",
                "auth_service_required = none",
                "auth_client_required = none",
                "[client]",
                "rgw_backend_store = dbstore",
                "rgw_config_store = dbstore",
                "dbstore_db_dir = " + data,
                "dbstore_config_uri = file:" + data.resolve("config.db"),
                "rgw_frontends = beast endpoint=127.0.0.1:" + port,
                "rgw_data = " + data,
                "log_file = " + folder.resolve("ceph.log"),
                "admin_socket = " + folder.resolve("admin.sock")));
    boolean hasUser =
        S3Server.works(
            "radosgw-admin",
            "-c",
            settings.toString(),
            "-n",
            "client.admin",
            "--no-mon-config",
            "user",
            "create",
            "--uid",
            "whorl",
            "--display-name",
            "whorl",
            "--access-key",
            S3Buckets.ACCESS_KEY,
            "--secret",
            S3Buckets.SECRET_KEY);
    assumeTrue(hasUser, "radosgw-admin makes no user: not tested with Ceph's gateway");
    server =
        S3Server.start(
            List.of(
                "radosgw",
                "-c",
                settings.toString(),
                "-n",
                "client.admin",
                "--no-mon-config",
                "-d"),
            port,
            folder.resolve("radosgw.log"));
    S3Buckets.create(server.endpoint(), "whorl-bucket", false);
  }

  @AfterAll
  static void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void probe_isNotDeceived() {
    S3Location location = S3Location.parse("s3://whorl-bucket/whorl?endpoint=" + server.endpoint());

    assertThatThrownBy(() -> S3Objects.open(location))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("s3://whorl-bucket/whorl/ cannot keep evidence")
        .hasMessageContaining("range");
  }
}
