package whorl.collector.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** HAProxy, or else nginx, before the collectors, as docs/operators.md wants it. */
final class Balancer implements AutoCloseable {
  private final Path folder;
  private final int port;
  private final List<String> command;
  private final ServerProcess process;

  private Balancer(Path folder, int port, List<String> command) {
    this.folder = folder;
    this.port = port;
    this.command = command;
    this.process = new ServerProcess("the balancer", folder.resolve("balancer.log"));
  }

  /** The program that is installed; empty if there is none. */
  static Optional<Path> program() {
    return List.of("/usr/sbin/haproxy", "/usr/local/sbin/haproxy", "/usr/sbin/nginx").stream()
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts it before collectors on these ports of loopback. */
  static Balancer start(Path folder, List<Integer> collectors) throws IOException {
    Files.createDirectories(folder);
    Path program = program().orElseThrow(() -> new IOException("no haproxy and no nginx here"));
    int port = ServerProcess.freePort();
    boolean haproxy = program.endsWith("haproxy");
    Path settings = folder.resolve(haproxy ? "haproxy.cfg" : "nginx.conf");
    Files.write(settings, haproxy ? haproxy(port, collectors) : nginx(port, collectors, folder));
    List<String> command =
        haproxy
            ? List.of(program.toString(), "-db", "-f", settings.toString())
            : List.of(program.toString(), "-p", folder.toString(), "-c", settings.toString());
    Balancer balancer = new Balancer(folder, port, command);
    balancer.start();
    return balancer;
  }

  private static List<String> haproxy(int port, List<Integer> collectors) {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "global",
                "  maxconn 4000",
                "defaults",
                "  mode http",
                "  timeout connect 3s",
                "  timeout client 70s",
                "  timeout server 70s",
                "  timeout tunnel 1h",
                "  timeout check 3s",
                "  retries 2",
                "  option redispatch",
                "frontend agents",
                "  bind 127.0.0.1:" + port,
                "  default_backend collectors",
                "backend collectors",
                "  balance roundrobin",
                "  option httpchk GET /readyz",
                "  default-server check inter 1s fall 2 rise 1 on-marked-down shutdown-sessions"));
    for (int i = 0; i < collectors.size(); i++) {
      lines.add("  server collector" + (i + 1) + " 127.0.0.1:" + collectors.get(i));
    }
    return lines;
  }

  /** Free nginx has no health checks: it leaves out what does not answer, for a few seconds. */
  private static List<String> nginx(int port, List<Integer> collectors, Path folder) {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "daemon off;",
                "master_process off;",
                "pid " + folder.resolve("nginx.pid") + ";",
                "error_log stderr warn;",
                "events { worker_connections 4000; }",
                "http {",
                "  access_log off;",
                "  client_max_body_size 0;",
                "  client_body_temp_path " + folder.resolve("body") + ";",
                "  proxy_temp_path " + folder.resolve("proxied") + ";",
                "  fastcgi_temp_path " + folder.resolve("unused1") + ";",
                "  uwsgi_temp_path " + folder.resolve("unused2") + ";",
                "  scgi_temp_path " + folder.resolve("unused3") + ";",
                "  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }",
                "  upstream collectors {"));
    for (int each : collectors) {
      lines.add("    server 127.0.0.1:" + each + " max_fails=1 fail_timeout=2s;");
    }
    lines.addAll(
        List.of(
            "  }",
            "  server {",
            "    listen 127.0.0.1:" + port + ";",
            "    location / {",
            "      proxy_pass http://collectors;",
            "      proxy_http_version 1.1;",
            "      proxy_request_buffering off;",
            "      proxy_buffering off;",
            "      proxy_set_header Host $http_host;",
            "      proxy_set_header Upgrade $http_upgrade;",
            "      proxy_set_header Connection $connection_upgrade;",
            "      proxy_connect_timeout 3s;",
            "      proxy_read_timeout 70s;",
            "    }",
            "  }",
            "}"));
    return lines;
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  void start() throws IOException {
    process.start(command, Map.of(), folder);
    process.await(() -> ServerProcess.accepts(port), Duration.ofSeconds(20));
  }

  /** Ends all connections: the balancer's machine is replaced by another. */
  void restart() throws IOException {
    process.kill();
    start();
  }

  @Override
  public void close() {
    process.kill();
  }
}
