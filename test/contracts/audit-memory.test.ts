import { AuditMemory } from '../memory/audit.ts';
import { auditContract } from './audit.contract.ts';

auditContract('the audit journal in memory', { open: async () => new AuditMemory() });
