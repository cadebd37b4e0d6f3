package dev.attune.server.session;

import dev.attune.model.Bytes;
import dev.attune.model.ErrorCode;
import dev.attune.model.config.ConfigUpdate;
import dev.attune.model.config.FileContent;
import dev.attune.model.config.InstanceSpec;
import dev.attune.model.rollout.Directive;
import dev.attune.server.subscribe.SharedUpdate;
import dev.attune.server.subscribe.SubscriptionMessage;
import dev.attune.server.subscribe.SubscriptionSink;
import dev.attune.server.subscribe.Subscriptions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** One application's files, changed by the test. A sink that refuses gets one complete state when it has room. */
final class ScriptedSubscriptions implements Subscriptions {
    private final TreeMap<String, FileContent> files = new TreeMap<>();
    private final List<Running> running = new ArrayList<>();
    private long revision = 1;

    synchronized long revision() {
        return revision;
    }

    synchronized int subscribers() {
        return running.size();
    }

    /** Releases a {@code .properties} file at the next revision. */
    synchronized void put(String file, String text) {
        revision++;
        FileContent old = files.get(file);
        Map<String, String> keys = new LinkedHashMap<>();
        for (String line : text.split("\n", -1))
            if (line.contains("="))
                keys.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
        FileContent content = new FileContent(
                file, "default", old == null ? 1 : old.release() + 1, revision, sha256(text), Bytes.utf8(text), keys);
        files.put(file, content);
        send(new ConfigUpdate(revision, false, List.of(content), List.of()));
    }

    synchronized void remove(String file) {
        revision++;
        files.remove(file);
        send(new ConfigUpdate(revision, false, List.of(), List.of(file)));
    }

    /** Goes back to an earlier revision with these files only, as a restore from an old copy does. */
    synchronized void restoreTo(long earlier) {
        revision = earlier;
        files.clear();
    }

    private void send(ConfigUpdate update) {
        SharedUpdate shared = new SharedUpdate(update);
        for (Running each : List.copyOf(running)) each.offer(shared);
    }

    private ConfigUpdate complete() {
        return new ConfigUpdate(revision, true, List.copyOf(files.values()), List.of());
    }

    @Override
    public synchronized Subscription subscribe(
            InstanceSpec spec, Set<String> names, long resumeAfterRevision, SubscriptionSink sink) {
        Running one = new Running(sink);
        if (spec.application().equals("forbidden")) {
            sink.offer(new SubscriptionMessage.Ended(ErrorCode.PERMISSION_DENIED, "not yours"));
            return one;
        }
        running.add(one);
        if (resumeAfterRevision == 0 || resumeAfterRevision < revision) one.offer(new SharedUpdate(complete()));
        return one;
    }

    private final class Running implements Subscription {
        private final SubscriptionSink sink;
        private boolean behind;

        Running(SubscriptionSink sink) {
            this.sink = sink;
        }

        void offer(SharedUpdate update) {
            if (behind || !sink.offer(update)) behind = true;
        }

        @Override
        public void resume() {
            synchronized (ScriptedSubscriptions.this) {
                if (behind && sink.offer(new SharedUpdate(complete()))) behind = false;
            }
        }

        @Override
        public void direct(Directive directive) {}

        @Override
        public void close() {
            synchronized (ScriptedSubscriptions.this) {
                running.remove(this);
            }
        }
    }

    private static String sha256(String text) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(Bytes.utf8(text).unsafeArray());
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
