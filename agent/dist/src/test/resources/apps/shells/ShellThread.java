public class ShellThread implements Runnable {
  @Override
  public void run() {
    try {
      Thread.sleep(3_600_000L);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
