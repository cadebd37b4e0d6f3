package dev.attune.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A process of this machine as Linux tells of it.
 *
 * @param pid its number
 */
record NodeProcess(String pid) {
    private static final double TICKS_PER_SECOND = 100;

    /** Processor time since its start, of all cores, in seconds. */
    double processorSeconds() throws IOException {
        String stat = Files.readString(Path.of("/proc", pid, "stat"));
        // The name in parentheses may have spaces in it.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", pid, "status")))
            if (line.startsWith("VmRSS:")) return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
        throw new IOException("no VmRSS of " + pid);
    }

    /** Makes the JVM collect its garbage. */
    void collect() throws IOException, InterruptedException {
        Process collect = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), pid, "GC.run")
                .redirectErrorStream(true)
                .start();
        collect.getInputStream().readAllBytes();
        collect.waitFor();
    }
}
