public class ShellTimer extends java.util.TimerTask {
  @Override
  public void run() {}
}
