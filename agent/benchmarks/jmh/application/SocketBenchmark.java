package application;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Connections on loopback, asked for and accepted; datagrams; names. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SocketBenchmark {
  private final InetAddress loopback = InetAddress.getLoopbackAddress();
  private ServerSocket server;
  private ServerSocketChannel serverChannel;
  private SocketAddress channelAddress;
  private DatagramSocket datagrams;
  private DatagramPacket packet;

  @Setup
  public void listen() throws IOException {
    server = new ServerSocket(0, 50, loopback);
    serverChannel = ServerSocketChannel.open().bind(new InetSocketAddress(loopback, 0));
    channelAddress = serverChannel.getLocalAddress();
    datagrams = new DatagramSocket(new InetSocketAddress(loopback, 0));
    packet = new DatagramPacket(new byte[16], 16, loopback, datagrams.getLocalPort());
  }

  @TearDown
  public void close() throws IOException {
    server.close();
    serverChannel.close();
    datagrams.close();
  }

  @Benchmark
  public int connectAndAccept(Caller caller) throws IOException {
    try (Socket client = new Socket(loopback, server.getLocalPort());
        Socket accepted = server.accept()) {
      // Without it the ports of loopback would be used up within a second.
      client.setSoLinger(true, 0);
      return accepted.getPort();
    }
  }

  @Benchmark
  public Object connectAndAcceptChannels(Caller caller) throws IOException {
    try (SocketChannel client = SocketChannel.open(channelAddress);
        SocketChannel accepted = serverChannel.accept()) {
      client.setOption(StandardSocketOptions.SO_LINGER, 0);
      return accepted.getRemoteAddress();
    }
  }

  @Benchmark
  public void sendDatagram(Caller caller) throws IOException {
    datagrams.send(packet);
  }

  @Benchmark
  public InetAddress lookUp(Caller caller) throws IOException {
    return InetAddress.getByName("localhost");
  }
}
