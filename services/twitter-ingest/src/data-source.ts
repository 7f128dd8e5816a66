import type { DataSourceParts } from '#libs/persistence';
import { ArchiveImportEntity, ArchiveImportErrorEntity } from './archives/archive-import.entity.js';
import { CapturePartEntity } from './captures/capture-part.entity.js';
import { CaptureEntity, CaptureGapEntity } from './captures/capture.entity.js';
import { StreamLeadEntity } from './captures/stream-lead.entity.js';
import { ComplianceBlockEntity, ComplianceScanEntity } from './compliance/compliance.entity.js';
import { ExportPseudonymKeyEntity, ExportQuotaEntity } from './exports/export.entity.js';
import { MIGRATIONS } from './migrations/index.js';
import { AuthorEntity } from './posts/author.entity.js';
import { PostEntity, PostTombstoneEntity } from './posts/post.entity.js';
import { PostTagEntity, TagEntity } from './posts/tag.entity.js';
import { PostSearchEntity, SearchStateEntity } from './search/search.entity.js';
import { UpstreamBilledEntity, UpstreamReservationEntity, UpstreamSpendEntity } from './upstream/spending.entity.js';
import { UpstreamHaltEntity, UpstreamPageSizeEntity, UpstreamQuotaEntity } from './upstream/upstream-state.entity.js';

/** Everything in the schema of this service. */
export const SCHEMA: DataSourceParts = {
  entities: [
    ArchiveImportEntity,
    ArchiveImportErrorEntity,
    AuthorEntity,
    ComplianceBlockEntity,
    ComplianceScanEntity,
    ExportPseudonymKeyEntity,
    ExportQuotaEntity,
    CaptureEntity,
    CaptureGapEntity,
    CapturePartEntity,
    PostEntity,
    PostSearchEntity,
    PostTombstoneEntity,
    PostTagEntity,
    SearchStateEntity,
    StreamLeadEntity,
    TagEntity,
    UpstreamBilledEntity,
    UpstreamHaltEntity,
    UpstreamPageSizeEntity,
    UpstreamQuotaEntity,
    UpstreamReservationEntity,
    UpstreamSpendEntity,
  ],
  migrations: MIGRATIONS,
};
