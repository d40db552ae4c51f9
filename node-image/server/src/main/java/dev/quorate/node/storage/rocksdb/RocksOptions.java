package dev.quorate.node.storage.rocksdb;

import dev.quorate.node.storage.StateStorage.Table;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactionPriority;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.Filter;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksObject;
import org.rocksdb.TablePropertiesCollectorFactory;
import org.rocksdb.WriteBufferManager;
import org.rocksdb.WriteOptions;

/**
 * How the database is set up. All memory that grows comes out of one cache: blocks, indexes,
 * filters, and the memtables, which are charged to it.
 */
final class RocksOptions implements AutoCloseable {
  private static final int BLOOM_BITS_PER_KEY = 10;
  private static final int BLOCK_BYTES = 16 << 10;

  /** What is in memtables is read again from the log at the next start: the smaller part. */
  private static final int MEMTABLES_PART = 4;

  private static final int SYNC_STEP_BYTES = 1 << 20;

  /** A file with this many deletes among as many neighbours is compacted without being asked. */
  private static final int DELETES_WINDOW_ROWS = 256;

  private static final int DELETES_IN_WINDOW = 128;

  /** So is one of which this part is deletes. */
  private static final double DELETES_RATIO = 0.3;

  private final List<RocksObject> owned = new ArrayList<>();
  private final Cache cache;
  private final long memtableBytes;
  private final Filter filter;

  /** What all column families begin with. */
  private final Options general;

  final DBOptions database;
  final WriteOptions write;
  final ReadOptions read;
  final FlushOptions flush;

  RocksOptions(long memoryBytes) {
    cache = own(new LRUCache(memoryBytes));
    memtableBytes = Math.max(memoryBytes / MEMTABLES_PART, 1 << 20);
    filter = own(new BloomFilter(BLOOM_BITS_PER_KEY));
    general = own(new Options());
    // Deletes are small and hide what is large: without this, space that a client has made free
    // would come back when as much has been written again.
    general.setTablePropertiesCollectorFactory(
        List.of(
            own(
                TablePropertiesCollectorFactory.NewCompactOnDeletionCollectorFactory(
                    DELETES_WINDOW_ROWS, DELETES_IN_WINDOW, DELETES_RATIO))));
    var memtables = own(new WriteBufferManager(memtableBytes, cache));
    database =
        own(new DBOptions())
            .setCreateIfMissing(true)
            .setCreateMissingColumnFamilies(true)
            .setAtomicFlush(true)
            .setWriteBufferManager(memtables)
            // The apply thread is the only writer.
            .setAllowConcurrentMemtableWrite(false)
            .setMaxBackgroundJobs(2)
            .setBytesPerSync(SYNC_STEP_BYTES)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setKeepLogFileNum(2)
            .setMaxLogFileSize(1 << 20);
    write = own(new WriteOptions()).setDisableWAL(true);
    read = own(new ReadOptions());
    flush = own(new FlushOptions()).setWaitForFlush(true).setAllowWriteStall(true);
  }

  ColumnFamilyOptions table(Table table) {
    var blocks =
        new BlockBasedTableConfig()
            .setBlockCache(cache)
            .setBlockSize(BLOCK_BYTES)
            .setCacheIndexAndFilterBlocks(true)
            .setPinL0FilterAndIndexBlocksInCache(true)
            .setFormatVersion(5);
    var options =
        own(new ColumnFamilyOptions(general))
            .setWriteBufferSize(memtableBytes)
            .setMaxWriteBufferNumber(3)
            .setLevelCompactionDynamicLevelBytes(true)
            .setCompactionPriority(CompactionPriority.MinOverlappingRatio)
            .setCompressionPerLevel(
                List.of(
                    CompressionType.NO_COMPRESSION,
                    CompressionType.NO_COMPRESSION,
                    CompressionType.LZ4_COMPRESSION,
                    CompressionType.LZ4_COMPRESSION,
                    CompressionType.LZ4_COMPRESSION,
                    CompressionType.LZ4_COMPRESSION,
                    CompressionType.LZ4_COMPRESSION));
    return switch (table) {
      case LATEST ->
          options
              .setMemtableWholeKeyFiltering(true)
              .setMemtablePrefixBloomSizeRatio(0.02)
              .setTableFormatConfig(blocks.setFilterPolicy(filter));
      // Keys only grow here: a filter would never say no to a key that is asked for.
      case HISTORY -> options.setTableFormatConfig(blocks);
      case META -> options.setTableFormatConfig(blocks.setFilterPolicy(filter));
    };
  }

  /** For the column family that RocksDB insists on; nothing is in it. */
  ColumnFamilyOptions unused() {
    return own(new ColumnFamilyOptions());
  }

  private <T extends RocksObject> T own(T object) {
    owned.add(object);
    return object;
  }

  @Override
  public void close() {
    for (var object : owned.reversed()) {
      object.close();
    }
  }
}
