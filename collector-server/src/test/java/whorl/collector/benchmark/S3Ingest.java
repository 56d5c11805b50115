package whorl.collector.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.transfer.s3.S3TransferManager;
import whorl.collector.store.objects.s3.S3Buckets;
import whorl.collector.store.objects.s3.S3ProxyServer;
import whorl.collector.testkit.TestPostgres;

/**
 * The bytes of files that reach an S3 server through a collector, beside the same files by the
 * SDK's transfer manager: see {@code benchmarks/s3/compare}.
 */
public final class S3Ingest {
  private static final String BUCKET = "ingest";
  private static final long MEBI = 1 << 20;

  private final Path work;
  private final int rounds;
  private final long bytes;
  private final int port;
  private final List<Integer> clients;
  private final List<String> ways;
  private final String other;
  private final List<String> options;

  private S3Ingest(Path work, Map<String, String> settings) {
    this.work = work;
    this.rounds = Integer.parseInt(settings.getOrDefault("rounds", "5"));
    this.bytes = Long.parseLong(settings.getOrDefault("mebibytes", "512")) * MEBI;
    this.port = Integer.parseInt(settings.getOrDefault("port", "0"));
    this.clients =
        Arrays.stream(settings.getOrDefault("clients", "1,4").split(","))
            .map(Integer::valueOf)
            .toList();
    this.ways = List.of(settings.getOrDefault("ways", "sdk,sdk-copy,known,agent,heap").split(","));
    this.other = settings.getOrDefault("before", "");
    String jvm = settings.getOrDefault("jvm", "");
    this.options = jvm.isEmpty() ? List.of() : List.of(jvm.split(" "));
  }

  public static void main(String[] arguments) throws Exception {
    Map<String, String> settings = new LinkedHashMap<>();
    for (String each : arguments) {
      int equals = each.indexOf('=');
      settings.put(each.substring(0, equals), each.substring(equals + 1));
    }
    Path work = Files.createTempDirectory("whorl-s3-ingest-");
    try {
      new S3Ingest(work, settings).run();
    } finally {
      delete(work);
    }
    System.exit(0); // PostgreSQL's and the SDK's threads
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path each : files.sorted(Collections.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }

  /** A way of bytes to the object store, with the processes that take part in it. */
  private record Way(String name, Sending sending, long collector) {}

  @FunctionalInterface
  private interface Sending {
    void send(Path file, int client) throws Exception;
  }

  private void run() throws Exception {
    int s3Port = port == 0 ? freePort() : port;
    try (S3ProxyServer s3 = S3ProxyServer.start(work, s3Port, List.of(), List.of("-Xmx512m"));
        TestPostgres postgres = TestPostgres.create();
        TestPostgres second = TestPostgres.create();
        S3AsyncClient sdk = sdk(s3);
        S3TransferManager manager = S3TransferManager.builder().s3Client(sdk).build()) {
      s3.create(BUCKET);
      List<Way> all = new ArrayList<>();
      List<Process> started = new ArrayList<>();
      try {
        Collector now = collector("now", System.getProperty("java.class.path"), s3, postgres);
        started.add(now.process());
        Collector before = now;
        if (!other.isEmpty()) {
          before = collector("before", other, s3, second);
          started.add(before.process());
        }
        for (String way : ways) {
          all.add(way(way, now, before, manager, sdk));
        }
        measure(all, s3Port);
      } finally {
        for (Process each : started) {
          each.destroy();
          each.waitFor(20, TimeUnit.SECONDS);
        }
      }
    }
  }

  private static int freePort() throws IOException {
    try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static S3AsyncClient sdk(S3ProxyServer s3) {
    return S3AsyncClient.builder()
        .endpointOverride(URI.create(s3.endpoint()))
        .forcePathStyle(true)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(S3Buckets.ACCESS_KEY, S3Buckets.SECRET_KEY)))
        .serviceConfiguration(configuration -> configuration.expectContinueEnabled(false))
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .multipartEnabled(true)
        .build();
  }

  private Way way(
      String name,
      Collector now,
      Collector before,
      S3TransferManager manager,
      S3AsyncClient client) {
    return switch (name) {
      case "sdk" -> new Way(name, (file, number) -> manager(manager, file, number), 0);
      case "sdk-copy" ->
          new Way(
              name,
              (file, number) -> {
                manager(manager, file, number);
                copy(client, number);
              },
              0);
      case "agent" ->
          new Way(name, (file, number) -> now.send(file, MEBI / 4, 128 * MEBI, 0), now.pid());
      case "known" ->
          new Way(name, (file, number) -> now.send(file, 128 * MEBI, 128 * MEBI, 0), now.pid());
      case "heap" -> new Way(name, (file, number) -> now.send(file, MEBI, 5 * MEBI, 3), now.pid());
      case "small-heap" ->
          new Way(name, (file, number) -> now.send(file, MEBI, MEBI, 4), now.pid());
      case "before" ->
          new Way(name, (file, number) -> before.send(file, MEBI / 4, 32 * MEBI, 0), before.pid());
      case "before-heap" ->
          new Way(name, (file, number) -> before.send(file, MEBI, MEBI, 4), before.pid());
      default -> throw new IllegalArgumentException("unknown way " + name);
    };
  }

  private static void manager(S3TransferManager manager, Path file, int client) {
    manager
        .uploadFile(
            upload ->
                upload
                    .source(file)
                    .putObjectRequest(put -> put.bucket(BUCKET).key("sdk-" + client)))
        .completionFuture()
        .join();
  }

  /** As content comes to its address, which is known only when all of it has come. */
  private static void copy(S3AsyncClient sdk, int client) {
    sdk.copyObject(
            copy ->
                copy.sourceBucket(BUCKET)
                    .sourceKey("sdk-" + client)
                    .destinationBucket(BUCKET)
                    .destinationKey("sdk-copy-" + client))
        .join();
  }

  private record Collector(Process process, URI url, String token) {
    long pid() {
      return process.pid();
    }

    void send(Path file, long first, long chunk, int streamed) throws IOException {
      try (TusSender sender = new TusSender(url, token)) {
        sender.send(file, first, chunk, streamed);
      }
    }
  }

  private Collector collector(
      String name, String classPath, S3ProxyServer s3, TestPostgres postgres) throws IOException {
    Path data = Files.createDirectory(work.resolve(name));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Path key = work.resolve(name + ".custody-key");
    Process made =
        new ProcessBuilder(
                java, "-cp", classPath, "whorl.collector.Main", "custody-key", key.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    made.onExit().join();
    List<String> command = new ArrayList<>();
    command.add(java);
    command.add("-Xmx512m");
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, "whorl.collector.Main", "serve"));
    command.addAll(List.of("--listen", "127.0.0.1:0", "--data", data.toString()));
    command.addAll(
        List.of("--objects", "s3://" + BUCKET + "/" + name + "?endpoint=" + s3.endpoint()));
    command.addAll(List.of("--records", postgres.address().url() + "?user=postgres"));
    command.addAll(List.of("--custody-key", key.toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("AWS_ACCESS_KEY_ID", S3Buckets.ACCESS_KEY);
    builder.environment().put("AWS_SECRET_ACCESS_KEY", S3Buckets.SECRET_KEY);
    builder.environment().put("AWS_REGION", "us-east-1");
    Path log = work.resolve(name + ".log");
    builder.redirectError(log.toFile());
    Process process = builder.start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String marker = "listening on ";
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      int at = line.indexOf(marker);
      if (at >= 0) {
        String token =
            Files.readAllLines(data.resolve("tokens")).stream()
                .filter(each -> each.startsWith("agent "))
                .map(each -> each.substring("agent ".length()))
                .findFirst()
                .orElseThrow();
        return new Collector(
            process, URI.create(line.substring(at + marker.length()).strip()), token);
      }
    }
    throw new IOException("the collector does not start: " + Files.readString(log));
  }

  private void measure(List<Way> all, long s3Port) throws Exception {
    for (int count : clients) {
      List<Path> files = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        files.add(file(work.resolve("file-" + count + "-" + i), bytes / count, i));
      }
      Map<String, List<Double>> rates = new LinkedHashMap<>();
      Map<String, List<Double>> cpu = new LinkedHashMap<>();
      Map<String, List<Double>> perCpu = new LinkedHashMap<>();
      for (Way way : all) {
        rates.put(way.name(), new ArrayList<>());
        cpu.put(way.name(), new ArrayList<>());
        perCpu.put(way.name(), new ArrayList<>());
      }
      for (int round = -1; round < rounds; round++) {
        List<Way> order = new ArrayList<>(all);
        Collections.rotate(order, round + 1);
        for (Way way : order) {
          double cpuBefore = cpuSeconds(way.collector());
          double allBefore = allCpuSeconds();
          double seconds = seconds(way, files);
          double allCpu = allCpuSeconds() - allBefore;
          System.out.printf(
              Locale.ROOT,
              "%s round %d: %s %.1f MB/s, %.1f MB for each CPU second of all%n",
              round < 0 ? "(not counted)" : "",
              round,
              way.name(),
              bytes / 1e6 / seconds,
              bytes / 1e6 / allCpu);
          if (round >= 0) {
            perCpu.get(way.name()).add(bytes / 1e6 / allCpu);
            rates.get(way.name()).add(bytes / 1e6 / seconds);
            cpu.get(way.name()).add(cpuSeconds(way.collector()) - cpuBefore);
          }
        }
      }
      print(count, rates, perCpu, cpu);
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }

  private static double seconds(Way way, List<Path> files) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(files.size());
    try {
      long began = System.nanoTime();
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int i = 0; i < files.size(); i++) {
        int client = i;
        tasks.add(
            () -> {
              way.sending().send(files.get(client), client);
              return null;
            });
      }
      for (Future<Void> each : threads.invokeAll(tasks)) {
        each.get();
      }
      return (System.nanoTime() - began) / 1e9;
    } finally {
      threads.shutdownNow();
    }
  }

  /** Half of it random, as compressed memory is, the rest in repetitions of 4 KiB. */
  private static Path file(Path file, long size, int seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] block = new byte[64 << 10];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (long at = 0; at < size; at += block.length) {
        for (int i = 0; i < block.length / 2; i += 4) {
          int next = random.nextInt();
          block[i] = (byte) next;
          block[i + 1] = (byte) (next >> 8);
          block[i + 2] = (byte) (next >> 16);
          block[i + 3] = (byte) (next >> 24);
        }
        out.write(block, 0, (int) Math.min(block.length, size - at));
      }
    }
    return file;
  }

  /** Of the client, the S3 server and the collectors, without the database. */
  private static double allCpuSeconds() {
    return Stream.concat(Stream.of(ProcessHandle.current()), ProcessHandle.current().descendants())
        .mapToDouble(
            each -> each.info().totalCpuDuration().map(cpu -> cpu.toMillis() / 1e3).orElse(0.0))
        .sum();
  }

  private static double cpuSeconds(long pid) throws IOException {
    if (pid == 0) {
      return 0;
    }
    return ProcessHandle.of(pid)
        .flatMap(each -> each.info().totalCpuDuration())
        .map(each -> each.toMillis() / 1e3)
        .orElse(0.0);
  }

  private void print(
      int count,
      Map<String, List<Double>> rates,
      Map<String, List<Double>> perCpu,
      Map<String, List<Double>> cpu) {
    double first = median(rates.values().iterator().next());
    double firstPerCpu = median(perCpu.values().iterator().next());
    System.out.printf(
        Locale.ROOT, "%n%d MiB, %d at once, %d rounds%n", bytes / MEBI, count, rounds);
    rates.forEach(
        (name, each) -> {
          List<Double> core = perCpu.get(name);
          System.out.printf(
              Locale.ROOT,
              "%-12s %7.1f MB/s (%.1f to %.1f)  %.2f;  %.1f MB (%.1f to %.1f) for each CPU second"
                  + " of all processes  %.2f;  the collector's CPU %.2f s%n",
              name,
              median(each),
              Collections.min(each),
              Collections.max(each),
              median(each) / first,
              median(core),
              Collections.min(core),
              Collections.max(core),
              median(core) / firstPerCpu,
              median(cpu.get(name)));
        });
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
