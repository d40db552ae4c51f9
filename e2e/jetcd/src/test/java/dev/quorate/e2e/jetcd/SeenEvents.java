package dev.quorate.e2e.jetcd;

import static dev.quorate.e2e.jetcd.Jetcd.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.etcd.jetcd.Watch;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A watch of jetcd's and all that it was told. */
final class SeenEvents implements Watch.Listener, AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final List<WatchEvent> events = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private volatile boolean created;
  private volatile long progress;
  private Watch.@Nullable Watcher watcher;

  /** The watch itself, which is closed with this. */
  void of(Watch.Watcher watch) {
    watcher = watch;
  }

  @Override
  public void onNext(WatchResponse response) {
    if (response.isCreatedNotify()) {
      created = true;
    }
    if (response.isProgressNotify()) {
      progress = response.getHeader().getRevision();
    }
    events.addAll(response.getEvents());
  }

  @Override
  public void onError(Throwable failure) {
    failures.add(failure);
  }

  @Override
  public void onCompleted() {}

  void awaitCreated() {
    await("the watch is there").atMost(LIMIT).until(() -> created);
  }

  /** All that it was told is this. */
  void awaitEvents(String... expected) {
    await("events").atMost(LIMIT).untilAsserted(() -> assertThat(told()).containsExactly(expected));
    assertThat(failures).isEmpty();
  }

  void awaitProgress(long revision) {
    await("progress").atMost(LIMIT).until(() -> progress >= revision);
  }

  Throwable awaitFailure() {
    await("failure").atMost(LIMIT).until(() -> !failures.isEmpty());
    return failures.getFirst();
  }

  List<Throwable> failures() {
    return failures;
  }

  /** Such as {@code PUT key=new was old}. */
  List<String> told() {
    return events.stream().map(SeenEvents::line).toList();
  }

  private static String line(WatchEvent event) {
    var now = event.getKeyValue();
    var before = event.getPrevKV();
    return "%s %s=%s%s"
        .formatted(
            event.getEventType(),
            text(now.getKey()),
            text(now.getValue()),
            before.getVersion() == 0 ? "" : " was " + text(before.getValue()));
  }

  List<Long> revisions() {
    return events.stream().map(event -> event.getKeyValue().getModRevision()).toList();
  }

  @Override
  public void close() {
    if (watcher != null) {
      watcher.close();
    }
  }
}
